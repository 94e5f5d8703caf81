package dev.espalier.onnx;

import dev.espalier.onnx.proto.AttributeProto;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.List;
import java.util.Optional;

/// ONNX Constant: a node whose output is the tensor in one of its attributes.
final class ConstantNode {
    private ConstantNode() {}

    static boolean matches(Node node) {
        return node.isOperator("Constant");
    }

    /// Which attribute holds its contents. A node has one of them.
    static int slotOf(Node node) {
        for (int i = 0; i < node.slots().size(); i++) {
            String name = node.slots().get(i).attribute().name();
            if (name.startsWith("value") || name.equals("sparse_value")) {
                return i;
            }
        }
        throw new IllegalStateException(node + " has no contents");
    }

    /// Its tensor; none if the attribute is a string or comes from the call of a function.
    static Optional<Constant> tensorOf(Node node) {
        if (!matches(node)) {
            return Optional.empty();
        }
        for (Attribute attribute : node.attributes()) {
            Optional<Constant> constant = switch (attribute) {
                case Attribute.Tensor(String name, Constant value) -> Optional.of(value);
                case Attribute.Int(String name, long value) -> integers(Shape.of(), List.of(value));
                case Attribute.Ints(String name, List<Long> values) -> integers(Shape.of(values.size()), values);
                case Attribute.Real(String name, float value) -> reals(Shape.of(), List.of(value));
                case Attribute.Reals(String name, List<Float> values) -> reals(Shape.of(values.size()), values);
                default -> Optional.empty();
            };
            if (constant.isPresent()) {
                return constant;
            }
        }
        return Optional.empty();
    }

    /// Its tensor with the message that it was read from.
    static Value.Held heldBy(Node node) {
        Node.Slot slot = node.slots().get(slotOf(node));
        AttributeProto origin = slot.origin();
        boolean isTensor = slot.attribute() instanceof Attribute.Tensor;
        return new Value.Held(
                tensorOf(node).orElseThrow(),
                origin == null || !isTensor
                        ? null
                        : origin.hasSparseTensor() ? origin.getSparseTensor() : origin.getT(),
                slot.replaced());
    }

    private static Optional<Constant> integers(Shape shape, List<Long> values) {
        long[] bits = values.stream().mapToLong(Long::longValue).toArray();
        return Optional.of(Constant.Dense.raw(DenseTensor.ofBits(ElementType.I64, shape, bits)));
    }

    private static Optional<Constant> reals(Shape shape, List<Float> values) {
        long[] bits = values.stream().mapToLong(v -> Float.floatToRawIntBits(v)).toArray();
        return Optional.of(Constant.Dense.raw(DenseTensor.ofBits(ElementType.F32, shape, bits)));
    }

    /// The attribute that holds a constant of this form: `value` or, from opset 11 on, `sparse_value`.
    static Attribute attributeFor(Constant constant) {
        return switch (constant) {
            case Constant.Dense dense -> new Attribute.Tensor("value", dense);
            case Constant.External external -> new Attribute.Tensor("value", external);
            case Constant.Sparse sparse -> new Attribute.Tensor("sparse_value", sparse);
            case Constant.Packed packed -> throw new IllegalArgumentException("a packed tensor is no attribute");
            case Constant.Opaque opaque -> new Attribute.Tensor("value", opaque);
        };
    }
}
