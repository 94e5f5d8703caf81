package dev.espalier.pruning.calibrated;

/// The means of a layer's samples, each input and output by itself: far less than [Moments], for layers with too many
/// inputs for these.
public final class Means implements SampleSums {
    private final double[] inputSums;
    private final double[] inputSquares;
    private final double[] targetSums;
    private long samples;

    /// @param inputs length of x
    /// @param outputs length of t
    public Means(int inputs, int outputs) {
        this.inputSums = new double[inputs];
        this.inputSquares = new double[inputs];
        this.targetSums = new double[outputs];
    }

    @Override
    public void add(SampleRows rows, Products products) {
        float[] x = rows.x();
        float[] t = rows.t();
        for (int row = 0; row < rows.rows(); row++) {
            for (int j = 0; j < inputSums.length; j++) {
                double value = x[row * inputSums.length + j];
                inputSums[j] += value;
                inputSquares[j] += value * value;
            }
            for (int output = 0; output < targetSums.length; output++) {
                targetSums[output] += t[row * targetSums.length + output];
            }
        }
        samples += rows.rows();
    }

    @Override
    public int inputs() {
        return inputSums.length;
    }

    @Override
    public int outputs() {
        return targetSums.length;
    }

    @Override
    public long samples() {
        return samples;
    }

    /// Mean of an input.
    double input(int j) {
        return inputSums[j] / samples;
    }

    /// Mean of its square.
    double inputSquare(int j) {
        return inputSquares[j] / samples;
    }

    /// Mean of a target.
    double target(int output) {
        return targetSums[output] / samples;
    }
}
