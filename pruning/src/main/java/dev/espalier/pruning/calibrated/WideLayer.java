package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.SparsityPattern;
import java.util.List;

/// Prunes a layer with too many inputs for second moments by what is known of each of them alone: what has the smallest
/// `|w| |x|` goes, as with `wanda`, the weights that stay are not fitted, and the bias makes good what the outputs lose
/// on the mean.
public final class WideLayer {
    private WideLayer() {}

    /// Solves the layer. The errors of the solution are not known (NaN).
    ///
    /// @param groups the means of each group of outputs, in their order
    /// @param dense its dense weights, outputs x inputs, the bias last if it has one
    /// @param hasBias whether the last input is the constant 1 that the bias multiplies
    /// @param zeros how many units of the pattern go
    public static LayerSolution solve(
            List<Means> groups,
            double[] dense,
            boolean hasBias,
            WeightMatrix matrix,
            SparsityPattern pattern,
            long zeros) {
        int stride = groups.getFirst().inputs();
        int inputs = matrix.inputs();
        double[] weights = new double[matrix.outputs() * inputs];
        double[] scores = new double[weights.length];
        int row = 0;
        for (Means means : groups) {
            for (int end = row + means.outputs(); row < end; row++) {
                for (int j = 0; j < inputs; j++) {
                    int at = row * inputs + j;
                    weights[at] = dense[row * stride + j];
                    scores[at] = Math.abs(weights[at]) * Math.sqrt(means.inputSquare(j));
                }
            }
        }
        boolean[] kept =
                new PatternProjection(matrix, pattern, zeros, weights).keep(Wanda.saliency(scores, inputs, pattern));
        double[] fitted = new double[matrix.outputs() * stride];
        int first = 0;
        for (Means means : groups) {
            for (int output = 0; output < means.outputs(); output++) {
                double bias = means.target(output);
                for (int j = 0; j < inputs; j++) {
                    int at = (first + output) * inputs + j;
                    double weight = kept[at] ? weights[at] : 0;
                    fitted[(first + output) * stride + j] = weight;
                    bias -= weight * means.input(j);
                }
                if (hasBias) {
                    fitted[(first + output) * stride + inputs] = bias;
                }
            }
            first += means.outputs();
        }
        return new LayerSolution(fitted, stride, kept, 0, Double.NaN, Double.NaN);
    }
}
