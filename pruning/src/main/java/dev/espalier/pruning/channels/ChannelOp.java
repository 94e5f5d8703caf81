package dev.espalier.pruning.channels;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.ElementType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A node as a channel rule sees it: its tensors with their sizes, its attributes, its constant operands.
final class ChannelOp {
    private final Node node;
    private final long opset;
    private final List<@Nullable ChannelTensor> inputs;
    private final List<@Nullable ChannelTensor> outputs;
    private final ModelShapes shapes;

    /// @param inputs null for those that are left out or have no sizes
    ChannelOp(
            Node node,
            long opset,
            List<@Nullable ChannelTensor> inputs,
            List<@Nullable ChannelTensor> outputs,
            ModelShapes shapes) {
        this.node = node;
        this.opset = opset;
        this.inputs = inputs;
        this.outputs = outputs;
        this.shapes = shapes;
    }

    Node node() {
        return node;
    }

    /// The version of the operator's domain.
    long opset() {
        return opset;
    }

    boolean isMicrosoft() {
        return node.domain().equals("com.microsoft");
    }

    int inputCount() {
        return inputs.size();
    }

    int outputCount() {
        return outputs.size();
    }

    /// An input; none if it is left out.
    Optional<ChannelTensor> optionalIn(int index) {
        return index < inputs.size() ? Optional.ofNullable(inputs.get(index)) : Optional.empty();
    }

    /// An output; none if it is left out.
    Optional<ChannelTensor> optionalOut(int index) {
        return index < outputs.size() ? Optional.ofNullable(outputs.get(index)) : Optional.empty();
    }

    /// An input that the operator must have.
    ChannelTensor in(int index) {
        return optionalIn(index).orElseThrow(() -> new UnsupportedFormException("it has no input " + index));
    }

    /// An output that the operator must have.
    ChannelTensor out(int index) {
        return optionalOut(index).orElseThrow(() -> new UnsupportedFormException("it has no output " + index));
    }

    /// All tensors that it reads or makes.
    Stream<ChannelTensor> tensors() {
        return Stream.concat(inputs.stream(), outputs.stream()).flatMap(Stream::ofNullable);
    }

    Stream<ChannelTensor> outs() {
        return outputs.stream().flatMap(Stream::ofNullable);
    }

    /// The value that nothing tells the sizes of, if there is one.
    Optional<Value> unknown() {
        for (int i = 0; i < node.inputCount(); i++) {
            if (inputs.get(i) == null && node.input(i).isPresent()) {
                return node.input(i);
            }
        }
        for (int i = 0; i < node.outputCount(); i++) {
            boolean isRead = node.output(i)
                    .filter(value -> value.isOutput() || !value.uses().isEmpty())
                    .isPresent();
            if (outputs.get(i) == null && isRead) {
                return node.output(i);
            }
        }
        return Optional.empty();
    }

    long attribute(String name, long otherwise) {
        return node.intAttribute(name, otherwise);
    }

    boolean has(String name) {
        return node.attribute(name).isPresent();
    }

    String text(String name, String otherwise) {
        return node.attribute(name).orElse(null) instanceof Attribute.Text(String n, String value) ? value : otherwise;
    }

    float real(String name, float otherwise) {
        return node.attribute(name).orElse(null) instanceof Attribute.Real(String n, float value) ? value : otherwise;
    }

    /// A list of integers in an attribute; none if it is not there.
    Optional<long[]> list(String name) {
        return node.attribute(name).orElse(null) instanceof Attribute.Ints(String n, List<Long> values)
                ? Optional.of(values.stream().mapToLong(Long::longValue).toArray())
                : Optional.empty();
    }

    /// For each index of an axis the number that was at all places with it in every run; NaN where there was
    /// none.
    Optional<double[]> uniform(Axis axis) {
        return shapes.uniform(axis.tensor().value(), axis.index());
    }

    /// The type of an input's elements.
    ElementType elementType(int index) {
        return node.input(index).map(shapes::type).orElse(ElementType.F32);
    }

    /// What stands for zero in an input of quantized numbers.
    Optional<Value> zeroPointOf(int index) {
        return switch (node.operator()) {
            case "QLinearConv", "QLinearMatMul", "QGemm", "MatMulInteger", "ConvInteger" -> node.input(index + 2);
            case "MatMulIntegerToFloat" -> node.input(index + 4);
            default -> Optional.empty();
        };
    }

    /// Whether what runs have shown of an operand's elements holds for every run on inputs of these sizes.
    boolean isOfFixedSize(int index) {
        return node.input(index).map(shapes::isOfFixedSize).orElse(true);
    }

    /// The elements of an integer operand, null where they depend on the model's inputs; none if it is left
    /// out.
    Optional<@Nullable Long[]> integers(int index) {
        return node.input(index).flatMap(shapes::integers);
    }

    /// The elements of an integer operand that must not depend on the model's inputs; none if it is left out.
    Optional<long[]> fixedIntegers(int index) {
        if (node.input(index).isEmpty()) {
            return Optional.empty();
        }
        @Nullable
        Long[] known = integers(index)
                .orElseThrow(() -> new UnsupportedFormException(
                        "its operand '" + node.input(index).get() + "' is computed from the model's inputs"));
        long[] all = new long[known.length];
        for (int i = 0; i < all.length; i++) {
            Long element = known[i];
            if (element == null) {
                throw new UnsupportedFormException(
                        "its operand '" + node.input(index).get() + "' depends on the model's inputs");
            }
            all[i] = element;
        }
        return Optional.of(all);
    }

    /// A list that was an attribute before it became an operand.
    Optional<long[]> listOrOperand(String name, int index) {
        return list(name).or(() -> fixedIntegers(index));
    }

    @Override
    public String toString() {
        return node.operator() + " '" + node.label() + "'";
    }
}
