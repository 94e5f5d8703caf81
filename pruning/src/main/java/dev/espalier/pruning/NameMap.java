package dev.espalier.pruning;

import java.util.Map;

/// What the arrays of another program are called: PyTorch knows `fc.weight` where the model has `onnx::MatMul_12`.
///
/// @param arrays name of an array for the name of a tensor; with [#TRANSPOSED] after it where the model stores the
///     matrix the other way round. Tensors that are not here have the same name in both.
public record NameMap(Map<String, String> arrays) {
    /// Everything has the same name.
    public static final NameMap NONE = new NameMap(Map.of());

    /// What says that a matrix is transposed, as in NumPy.
    public static final String TRANSPOSED = ".T";

    public NameMap {
        arrays = Map.copyOf(arrays);
    }

    /// The array for a tensor.
    ///
    /// @param name of the array
    /// @param isTransposed whether it is the other way round
    public record Array(String name, boolean isTransposed) {}

    /// The array for a tensor.
    public Array of(String tensor) {
        String text = arrays.getOrDefault(tensor, tensor);
        boolean isTransposed = arrays.containsKey(tensor) && text.endsWith(TRANSPOSED);
        return new Array(isTransposed ? text.substring(0, text.length() - TRANSPOSED.length()) : text, isTransposed);
    }
}
