package dev.espalier.pruning.calibrated;

import java.util.List;
import java.util.Optional;

/// The second moments of a layer's samples, which is all that is kept of most of them: of rows x of its
/// inputs and rows t of the outputs that it should have, the sums of x'x, t'x and t't. Products are in
/// single, sums in double precision.
public final class Moments implements SampleSums {
    private final int inputs;
    private final int outputs;
    private final double[] inputMoments;
    private final double[] crossMoments;
    private double targetSquares;
    private long samples;
    private final Optional<KeptRows> kept;

    private Moments(int inputs, int outputs, Optional<KeptRows> kept) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.inputMoments = new double[Math.multiplyExact(inputs, inputs)];
        this.crossMoments = new double[Math.multiplyExact(outputs, inputs)];
        this.kept = kept;
    }

    /// @param inputs length of x
    /// @param outputs length of t
    public Moments(int inputs, int outputs) {
        this(inputs, outputs, Optional.empty());
    }

    /// Moments that keep samples too.
    ///
    /// @param inputs length of x
    /// @param outputs length of t
    public static Moments withRows(int inputs, int outputs) {
        return new Moments(inputs, outputs, Optional.of(new KeptRows()));
    }

    @Override
    public boolean keepsRows() {
        return kept.isPresent();
    }

    @Override
    public void add(SampleRows rows, Products products) {
        float[] x = rows.x();
        float[] t = rows.t();
        accumulate(products.multiplyTransposed(x, x, inputs, rows.rows(), inputs), inputMoments);
        accumulate(products.multiplyTransposed(t, x, outputs, rows.rows(), inputs), crossMoments);
        for (int i = 0; i < rows.rows() * outputs; i++) {
            targetSquares += (double) t[i] * t[i];
        }
        samples += rows.rows();
        kept.ifPresent(some -> some.add(rows));
    }

    private static void accumulate(float[] more, double[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += more[i];
        }
    }

    /// The moments of these samples and others together.
    public Moments with(Moments other) {
        Moments both = new Moments(inputs, outputs);
        for (Moments part : new Moments[] {this, other}) {
            for (int i = 0; i < inputMoments.length; i++) {
                both.inputMoments[i] += part.inputMoments[i];
            }
            for (int i = 0; i < crossMoments.length; i++) {
                both.crossMoments[i] += part.crossMoments[i];
            }
            both.targetSquares += part.targetSquares;
            both.samples += part.samples;
        }
        return both;
    }

    /// Samples, if any were to be kept.
    List<SampleRows> rows() {
        return kept.map(KeptRows::portions).orElse(List.of());
    }

    /// Whether no sample was NaN or infinite, or so large that its square is.
    public boolean isFinite() {
        double sum = targetSquares;
        for (double value : inputMoments) {
            sum += Math.abs(value);
        }
        for (double value : crossMoments) {
            sum += Math.abs(value);
        }
        return Double.isFinite(sum);
    }

    @Override
    public int inputs() {
        return inputs;
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public long samples() {
        return samples;
    }

    /// Mean of the product of two inputs.
    double input(int i, int j) {
        return inputMoments[i * inputs + j] / samples;
    }

    /// Mean of the product of a target and an input.
    double cross(int output, int j) {
        return crossMoments[output * inputs + j] / samples;
    }

    /// Mean of the first inputs' mean squares.
    double meanDiagonal(int count) {
        double sum = 0;
        for (int j = 0; j < count; j++) {
            sum += input(j, j);
        }
        return sum / count;
    }

    /// Mean of the squared length of t.
    double targetSquares() {
        return targetSquares / samples;
    }
}
