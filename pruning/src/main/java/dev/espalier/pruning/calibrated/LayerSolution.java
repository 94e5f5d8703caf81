package dev.espalier.pruning.calibrated;

/// What a layer becomes.
public final class LayerSolution {
    private final double[] weights;
    private final int stride;
    private final boolean[] kept;
    private final double lambda;
    private final double maskedError;
    private final double error;

    LayerSolution(double[] weights, int stride, boolean[] kept, double lambda, double maskedError, double error) {
        this.weights = weights;
        this.stride = stride;
        this.kept = kept;
        this.lambda = lambda;
        this.maskedError = maskedError;
        this.error = error;
    }

    /// The weights, outputs x [#stride], the bias last in a row if the layer has one; zero where they do not stay.
    public double[] weights() {
        return weights;
    }

    /// How many elements a row of the weights has.
    public int stride() {
        return stride;
    }

    /// The bias of an output.
    public double bias(int output) {
        return weights[output * stride + stride - 1];
    }

    /// Which stay, outputs x inputs without the bias.
    public boolean[] kept() {
        return kept;
    }

    /// The ridge that did best on the samples held back.
    public double lambda() {
        return lambda;
    }

    /// Relative squared error of the outputs with the dense weights on that support.
    public double maskedError() {
        return maskedError;
    }

    /// The same with the new weights.
    public double error() {
        return error;
    }
}
