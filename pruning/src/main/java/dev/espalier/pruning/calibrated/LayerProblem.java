package dev.espalier.pruning.calibrated;

/// What a layer has to compute, and what it computed.
///
/// @param fit moments of the samples to solve with
/// @param held moments of samples that are held back, by which the ridge is chosen
/// @param dense its dense weights, outputs x inputs, the bias last if it has one
/// @param hasBias whether the last input is the constant 1 that the bias multiplies
/// @param rowScale by how much an error of each output counts; one for each
public record LayerProblem(Moments fit, Moments held, double[] dense, boolean hasBias, double[] rowScale) {
    /// How many inputs are multiplied by weights.
    public int weightInputs() {
        return hasBias ? fit.inputs() - 1 : fit.inputs();
    }

    /// How far the outputs are from the targets with these weights: the mean squared distance over the mean square of
    /// the
    /// targets, rows as they count.
    ///
    /// @param w outputs x inputs
    public double relativeError(double[] w, Moments samples) {
        double value = Quadratic.of(samples, dense, weightInputs(), 0).at(w) + samples.targetSquares();
        return samples.targetSquares() > 0 ? Math.max(0, value) / samples.targetSquares() : 0;
    }
}
