package dev.espalier.run.data;

import dev.espalier.onnx.Dimension;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Value;
import dev.espalier.onnx.ValueType;
import dev.espalier.sparse.ElementType;
import java.util.List;

/// An input of a model, as it declares it.
///
/// @param dims declared dimensions, the batch among them
/// @param type as people read it, `f32[N,3,32,32]`
record Port(String name, ElementType element, List<Dimension> dims, String type) {
    /// The inputs that must be given: those without a default.
    ///
    /// @throws DataException if one is not a tensor of numbers with a declared rank
    static List<Port> of(Graph graph) {
        return graph.inputs().stream()
                .filter(input -> !input.isInitializer())
                .map(Port::of)
                .toList();
    }

    private static Port of(Value input) {
        if (input.type() instanceof ValueType.Tensor(ElementType element, List<Dimension> dims)
                && dims != null
                && Elements.handles(element)) {
            return new Port(input.name(), element, dims, input.type().toString());
        }
        throw new DataException(
                "no data can be given to an input of type " + input.type(),
                "input '" + input.name() + "'",
                "only tensors of numbers or booleans whose rank is declared are fed");
    }

    /// Whether a declared dimension allows this size.
    boolean allows(int axis, long size) {
        return !(dims.get(axis) instanceof Dimension.Known(long known)) || known == size || known <= 0;
    }
}
