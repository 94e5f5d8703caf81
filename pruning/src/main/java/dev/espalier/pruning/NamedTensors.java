package dev.espalier.pruning;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Shape;
import java.util.List;

/// Tensors that come from outside of the model and are known by their names: importance scores, masks.
public interface NamedTensors {
    /// Where they are, for messages: `file 'm.npz'`.
    String source();

    /// All names, in the order of the source.
    List<String> names();

    /// Reads one. Nothing is read before its shape is known to be right. Called from several threads at once.
    ///
    /// @param name one of [#names]
    /// @param shape that it must have
    /// @throws dev.espalier.sparse.InputException if it has another, or cannot be read
    DenseTensor read(String name, Shape shape);
}
