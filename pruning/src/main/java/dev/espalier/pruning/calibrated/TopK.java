package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.Cut;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Shape;
import java.util.List;

/// The largest stay, over the whole layer.
///
/// @param outputs rows of the weights
/// @param inputs columns, the bias not counted
/// @param zeros how many go
public record TopK(int outputs, int inputs, long zeros) implements Projection {
    @Override
    public Mask keep(float[] saliency) {
        FloatScores scores = new FloatScores(saliency);
        Cut cut = Cut.ofSmallest(List.of(scores), zeros);
        return Mask.ofKept(Shape.of(outputs, inputs), scores, cut);
    }
}
