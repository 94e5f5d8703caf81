package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Mask;
import java.util.Map;

/// What a method made of a weight.
///
/// @param weight the weight, unchanged
/// @param nonZeros what stays
/// @param elements what the elements that stay are now; what it has in place of the others does not matter
/// @param alongside other constants that change with it, such as the bias of its layer
public record PrunedWeight(Weight weight, Mask nonZeros, DenseTensor elements, Map<Value, Constant> alongside) {
    public PrunedWeight {
        alongside = Map.copyOf(alongside);
    }

    /// A weight that alone changes.
    public PrunedWeight(Weight weight, Mask nonZeros, DenseTensor elements) {
        this(weight, nonZeros, elements, Map.of());
    }
}
