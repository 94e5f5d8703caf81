package dev.espalier.run.validate;

import java.util.Arrays;
import java.util.List;

/// Computing what the original computes: needs no labels and fits any model with an output of numbers.
/// Columns: the cosine, the relative error, whether the arg-max is the same, the divergence; the last two are NaN where
/// the output is no vector.
public record Agreement() implements Task {
    @Override
    public String name() {
        return "outputs";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.COSINE, Metric.RELATIVE_ERROR, Metric.SAME_ARG_MAX, Metric.DIVERGENCE);
    }

    @Override
    public boolean needsLabels() {
        return false;
    }

    @Override
    public Score score(Sample sample) {
        RowOutput output = sample.output();
        RowOutput reference = sample.reference().getFirst();
        double[] values = output.values();
        double[] expected = reference.values();
        if (values.length != expected.length) {
            throw new IllegalStateException("outputs of " + expected.length + " and " + values.length + " numbers");
        }
        double cosine = cosine(values, expected);
        double error = relativeError(values, expected);
        if (!isVector(output.dims())) {
            return Score.of(cosine, error, Double.NaN, Double.NaN);
        }
        int decision = output.argMax();
        boolean isSame = decision == reference.argMax();
        return new Score(
                new double[] {cosine, error, isSame ? 1 : 0, divergence(expected, values)},
                decision,
                output.margin(),
                -1);
    }

    /// The cosine of two vectors; 1 if both are zero.
    static double cosine(double[] a, double[] b) {
        double product = 0;
        double squareA = 0;
        double squareB = 0;
        for (int i = 0; i < a.length; i++) {
            product += a[i] * b[i];
            squareA += a[i] * a[i];
            squareB += b[i] * b[i];
        }
        if (squareA == 0 || squareB == 0) {
            return squareA == squareB ? 1 : 0;
        }
        return Math.clamp(product / Math.sqrt(squareA) / Math.sqrt(squareB), -1, 1);
    }

    private static boolean isVector(long[] dims) {
        return Arrays.stream(dims).filter(dim -> dim != 1).count() == 1;
    }

    /// Length of the difference in lengths of the original's output.
    private static double relativeError(double[] values, double[] expected) {
        double difference = 0;
        double length = 0;
        for (int i = 0; i < values.length; i++) {
            difference += (values[i] - expected[i]) * (values[i] - expected[i]);
            length += expected[i] * expected[i];
        }
        return difference == 0 ? 0 : Math.sqrt(difference / length);
    }

    /// Kullback and Leibler's divergence of the softmaxes, sum p (log p - log q), in nats.
    private static double divergence(double[] p, double[] q) {
        double logP = logSumExp(p);
        double logQ = logSumExp(q);
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += Math.exp(p[i] - logP) * (p[i] - logP - q[i] + logQ);
        }
        return Math.max(0, sum);
    }

    private static double logSumExp(double[] values) {
        double max = Arrays.stream(values).max().orElse(0);
        return max + Math.log(Arrays.stream(values).map(v -> Math.exp(v - max)).sum());
    }
}
