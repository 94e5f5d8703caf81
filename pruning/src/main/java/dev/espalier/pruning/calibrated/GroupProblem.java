package dev.espalier.pruning.calibrated;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What those outputs of a layer have to compute that read the same inputs, and what they computed: all of them, or
/// one group of a grouped convolution.
final class GroupProblem {
    /// Sums of products in single precision are no more exact.
    private static final double CONSTANT = 1e-6;

    private final Moments fit;
    private final Moments held;
    private final int firstRow;
    private final double[] dense;
    private final boolean hasBias;
    private final double[] rowScale;
    private @Nullable Moments all;
    private int raises;

    /// @param firstRow the first of its outputs in the layer
    /// @param dense the dense weights of the layer, the bias last in a row if it has one
    /// @param rowScale for each output of the layer
    GroupProblem(Moments fit, Moments held, int firstRow, double[] dense, boolean hasBias, double[] rowScale) {
        this.fit = fit;
        this.held = held;
        this.firstRow = firstRow;
        boolean isWhole = rowScale.length == fit.outputs();
        int end = firstRow + fit.outputs();
        this.dense = isWhole ? dense : Arrays.copyOfRange(dense, firstRow * fit.inputs(), end * fit.inputs());
        this.hasBias = hasBias;
        this.rowScale = isWhole ? rowScale : Arrays.copyOfRange(rowScale, firstRow, end);
    }

    /// The first of its outputs in the layer.
    int firstRow() {
        return firstRow;
    }

    /// Where its weights begin among those of the layer, without biases.
    int firstWeight() {
        return firstRow * weightInputs();
    }

    /// Of something that is said of each weight of the layer, that which is about these.
    boolean[] part(boolean[] ofLayer) {
        int from = firstWeight();
        return Arrays.copyOfRange(ofLayer, from, from + outputs() * weightInputs());
    }

    /// The moments of all samples.
    Moments all() {
        if (all == null) {
            all = fit.with(held);
        }
        return all;
    }

    /// Moments of the samples to solve with.
    Moments fit() {
        return fit;
    }

    /// Moments of samples that are held back, by which the ridge is chosen.
    Moments held() {
        return held;
    }

    /// The dense weights, outputs x inputs, the bias last if there is one; not to be changed.
    double[] dense() {
        return dense;
    }

    /// By how much an error of each output counts.
    double[] rowScale() {
        return rowScale;
    }

    int outputs() {
        return fit.outputs();
    }

    int inputs() {
        return fit.inputs();
    }

    /// How many inputs are multiplied by weights.
    int weightInputs() {
        return hasBias ? fit.inputs() - 1 : fit.inputs();
    }

    /// A ridge was too small and is tried larger.
    void raiseRidge() {
        raises++;
    }

    /// How often it was.
    int raises() {
        return raises;
    }

    /// Whether there are fewer samples than inputs.
    boolean isUnderdetermined() {
        return all().samples() < inputs();
    }

    /// Whether some input is the same in all samples.
    boolean hasConstants() {
        return IntStream.range(0, weightInputs()).anyMatch(this::isConstant);
    }

    /// Whether an input is 0, or hardly varies where the bias can do what it does.
    private boolean isConstant(int input) {
        double square = all().input(input, input);
        double mean = hasBias ? all().input(input, weightInputs()) : 0;
        return square - mean * mean <= CONSTANT * square;
    }
}
