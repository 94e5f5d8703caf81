package dev.espalier.pruning.channels;

import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A tensor whose indices may go: a value that a node makes, or one read of a constant. Two nodes that read
/// the same constant may lose different indices of it, because a constant can be copied.
final class ChannelTensor {
    private final Value value;
    private final @Nullable Use use;
    private final Value source;
    private final ModelShapes.Sizes sizes;
    private final int firstAxis;
    private final boolean isConstant;

    /// @param source the constant, which `value` may only hand on; otherwise `value` itself
    /// @param firstAxis number of its first axis among those of all tensors
    /// @param isConstant whether the inputs of the model have no influence on it
    ChannelTensor(
            Value value, @Nullable Use use, Value source, ModelShapes.Sizes sizes, int firstAxis, boolean isConstant) {
        this.value = value;
        this.use = use;
        this.source = source;
        this.sizes = sizes;
        this.firstAxis = firstAxis;
        this.isConstant = isConstant;
    }

    /// The value that is read or made.
    Value value() {
        return value;
    }

    /// Where the constant is read; none if it is no stored constant.
    Optional<Use> use() {
        return Optional.ofNullable(use);
    }

    /// Where its elements are stored, if it is a stored constant.
    Value source() {
        return source;
    }

    boolean isStored() {
        return use != null;
    }

    boolean isConstant() {
        return isConstant;
    }

    ModelShapes.Sizes sizes() {
        return sizes;
    }

    int rank() {
        return sizes.rank();
    }

    long size(int axis) {
        return sizes.sizes()[axis < 0 ? axis + rank() : axis];
    }

    /// An axis, which may count from the end.
    Axis axis(int index) {
        return new Axis(this, index < 0 ? index + rank() : index);
    }

    int firstAxis() {
        return firstAxis;
    }

    @Override
    public String toString() {
        return value.path();
    }
}
