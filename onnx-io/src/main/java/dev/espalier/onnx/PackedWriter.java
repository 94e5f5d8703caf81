package dev.espalier.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.espalier.onnx.proto.AttributeProto;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.NodeProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.sparse.DecodeProgram;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// [Constant.Packed] to the initializers, nodes and declared type that stand for it in a graph, as a GraphProto of
/// nothing else. What was not touched is written as it was read.
final class PackedWriter {
    /// The part that takes the place of the tensor's own message, with its documentation and unknown fields.
    static final String VALUES = "values";

    private final TensorWriter tensors;
    private final Set<String> taken;

    PackedWriter(TensorWriter tensors, Set<String> taken) {
        this.tensors = tensors;
        this.taken = taken;
    }

    /// @param origin what it was read from; null if it is new
    /// @param rest the tensor's message without data
    /// @param name the decoded tensor's name
    GraphProto write(Constant.Packed packed, @Nullable Message origin, TensorProto.Builder rest, String name) {
        return origin instanceof GraphProto read ? again(packed, read) : anew(packed, rest, name);
    }

    /// Only the places of external data may have changed.
    private GraphProto again(Constant.Packed packed, GraphProto read) {
        GraphProto.Builder proto = read.toBuilder();
        for (int i = 0; i < read.getInitializerCount(); i++) {
            TensorProto old = read.getInitializer(i);
            proto.setInitializer(i, (TensorProto) tensors.write(packed.stored().get(i), old, false, old.getName()));
        }
        return proto.build();
    }

    private GraphProto anew(Constant.Packed packed, TensorProto.Builder rest, String name) {
        DecodeProgram program = packed.tensor().program();
        String prefix = prefix(program, name);
        GraphProto.Builder proto = GraphProto.newBuilder();
        for (DecodeProgram.Step step : program.steps()) {
            NodeProto.Builder node = proto.addNodeBuilder().setOpType(step.operator());
            step.inputs().forEach(input -> node.addInput(prefix + input));
            boolean isLast = step.output().equals(DecodeProgram.RESULT);
            node.addOutput(isLast ? name : prefix + step.output()).setName(isLast ? name : prefix + step.output());
            for (DecodeProgram.Argument argument : step.arguments()) {
                node.addAttribute(attribute(argument, packed));
            }
        }
        for (String part : program.initializerParts()) {
            Message old = part.equals(VALUES) ? rest.setName(prefix + part).build() : null;
            proto.addInitializer((TensorProto) tensors.write(packed.part(part), old, true, prefix + part));
        }
        program.constants()
                .forEach((constant, tensor) -> proto.addInitializer(
                        (TensorProto) tensors.write(Constant.of(tensor), null, true, prefix + constant)));
        Object[] dims = Arrays.stream(packed.shape().dims()).boxed().toArray();
        return proto.addValueInfo(ValueType.declare(name, packed.type(), dims)).build();
    }

    /// What all names begin with: the tensor's, a number if that is taken, and a dot.
    private String prefix(DecodeProgram program, String name) {
        Set<String> names = new HashSet<>(program.parts());
        names.addAll(program.constants().keySet());
        program.steps().forEach(step -> names.add(step.output()));
        for (int number = 1; ; number++) {
            String prefix = number == 1 ? name + "." : name + "_" + number + ".";
            if (names.stream().noneMatch(part -> taken.contains(prefix + part))) {
                names.forEach(part -> taken.add(prefix + part));
                return prefix;
            }
        }
    }

    private AttributeProto attribute(DecodeProgram.Argument argument, Constant.Packed packed) {
        AttributeProto.Builder proto = AttributeProto.newBuilder().setName(argument.name());
        switch (argument) {
            case DecodeProgram.Text text ->
                proto.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(text.value()));
            case DecodeProgram.Type type ->
                proto.setType(AttributeProto.AttributeType.INT).setI(OnnxTypes.number(type.value()));
            case DecodeProgram.Int integer ->
                proto.setType(AttributeProto.AttributeType.INT).setI(integer.value());
            case DecodeProgram.Ints integers ->
                proto.setType(AttributeProto.AttributeType.INTS).addAllInts(integers.values());
            case DecodeProgram.Part part ->
                proto.setType(AttributeProto.AttributeType.TENSOR)
                        .setT((TensorProto) tensors.write(packed.part(part.part()), null, true, ""));
        }
        return proto.build();
    }

    /// The message of the values under the name of the decoded tensor, which is what they become when it is stored in
    /// another form.
    static TensorProto valuesOf(GraphProto read, String name) {
        return read.getInitializerList().stream()
                .filter(tensor -> tensor.getName().equals(read.getName()))
                .findFirst()
                .orElse(TensorProto.getDefaultInstance())
                .toBuilder()
                .setName(name)
                .build();
    }
}
