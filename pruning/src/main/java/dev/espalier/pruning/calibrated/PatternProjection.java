package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.Cut;
import dev.espalier.sparse.Magnitudes;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Scores;
import dev.espalier.sparse.SparsityPattern;
import dev.espalier.sparse.Unstructured;
import java.util.List;

/// What a pattern keeps of a weight, to an exact number of zeros.
final class PatternProjection implements Projection {
    private static final int BITS = 31;

    private final WeightMatrix matrix;
    private final SparsityPattern pattern;
    private final long zeros;
    private final double[] dense;

    /// @param zeros units of the pattern that go: elements or blocks
    /// @param dense the dense weights: what is zero among them stays zero
    PatternProjection(WeightMatrix matrix, SparsityPattern pattern, long zeros, double[] dense) {
        this.matrix = matrix;
        this.pattern = pattern;
        this.zeros = zeros;
        this.dense = dense;
    }

    @Override
    public boolean[] keep(float[] saliency) {
        if (pattern instanceof Unstructured) {
            return Largest.of(saliency, dense, zeros);
        }
        float[] alive = saliency.clone();
        for (int i = 0; i < alive.length; i++) {
            alive[i] = dense[i] == 0 ? 0 : Math.max(Float.MIN_VALUE, alive[i]);
        }
        Scores scores = Magnitudes.of(matrix.write(alive), Quantization.NONE, BITS);
        Scores units = pattern.units(scores);
        Cut cut = Cut.ofSmallest(List.of(units), zeros);
        return matrix.read(pattern.select(matrix.shape(), scores, units, cut));
    }

    @Override
    public Projection at(long other) {
        return new PatternProjection(matrix, pattern, other, dense);
    }
}
