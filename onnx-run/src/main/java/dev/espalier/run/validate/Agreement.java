package dev.espalier.run.validate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Computing what the original computes: needs no labels and fits any model with an output of numbers.
public record Agreement() implements Task {
    @Override
    public String name() {
        return "outputs";
    }

    @Override
    public Metric metric() {
        return Metric.COSINE;
    }

    @Override
    public boolean needsLabels() {
        return false;
    }

    @Override
    public Scorer scorer() {
        return new AgreementScorer();
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

    private static final class AgreementScorer implements Scorer {
        private int samples;
        private double error;
        private double divergence;
        private int decided;
        private int agreed;

        @Override
        public Score score(Sample sample) {
            double[] values = sample.output().values();
            double[] expected = sample.reference().getFirst().values();
            if (values.length != expected.length) {
                throw new IllegalStateException("outputs of " + expected.length + " and " + values.length + " numbers");
            }
            samples++;
            error += relativeError(values, expected);
            if (!isVector(sample.output().dims())) {
                return Score.of(cosine(values, expected));
            }
            int decision = sample.output().argMax();
            decided++;
            agreed += decision == sample.reference().getFirst().argMax() ? 1 : 0;
            divergence += divergence(expected, values);
            return new Score(
                    new double[] {cosine(values, expected)},
                    decision,
                    sample.output().margin(),
                    -1);
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
            return max
                    + Math.log(Arrays.stream(values).map(v -> Math.exp(v - max)).sum());
        }

        @Override
        public List<Figure> figures() {
            List<Figure> figures = new ArrayList<>();
            figures.add(new Figure("relative error", error / samples));
            if (decided > 0) {
                figures.add(new Figure("same arg-max", (double) agreed / decided));
                figures.add(new Figure("KL of softmax, nats", divergence / decided));
            }
            return figures;
        }
    }
}
