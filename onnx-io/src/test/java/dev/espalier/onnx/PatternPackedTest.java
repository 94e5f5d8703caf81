package dev.espalier.onnx;

import static dev.espalier.onnx.PackedModels.initializer;
import static dev.espalier.onnx.PackedModels.node;
import static dev.espalier.onnx.PackedModels.pack;
import static dev.espalier.onnx.PackedModels.product;
import static dev.espalier.onnx.PackedModels.read;
import static dev.espalier.onnx.PackedModels.w;
import static dev.espalier.onnx.PackedModels.weight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.espalier.onnx.proto.AttributeProto;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.NodeProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.onnx.proto.ValueInfoProto;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.PackedEncoding;
import dev.espalier.sparse.PackedTensor;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparseEncodings;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The encodings for patterns, of which some constants are known only once the nodes have been read.
final class PatternPackedTest {
    private static final PackedEncoding NOFM = SparseEncodings.NOFM;
    private static final PackedEncoding BLOCKS = SparseEncodings.BLOCKS;

    private static void setByte(GraphProto.Builder graph, String name, int at, int value) {
        TensorProto.Builder tensor = initializer(graph, name);
        byte[] bytes = tensor.getRawData().toByteArray();
        bytes[at] = (byte) value;
        tensor.setRawData(ByteString.copyFrom(bytes));
    }

    private static Arguments change(PackedEncoding encoding, String name, Consumer<GraphProto.Builder> change) {
        return Arguments.of(encoding, Named.of(name, change));
    }

    private static void readAlso(GraphProto.Builder graph, String name) {
        graph.addNode(NodeProto.newBuilder()
                        .setOpType("Identity")
                        .addInput(name)
                        .addOutput("also"))
                .addOutput(ValueInfoProto.newBuilder().setName("also"));
    }

    private static AttributeProto integers(String name, long... values) {
        AttributeProto.Builder proto =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            proto.addInts(value);
        }
        return proto.build();
    }

    static Stream<Arguments> others() {
        return Stream.of(
                change(NOFM, "another table", graph -> setByte(graph, "w.table", 7, 2)),
                change(NOFM, "another group", graph -> setByte(graph, "w.length", 8, 4)),
                change(NOFM, "no group", graph -> setByte(graph, "w.length", 8, 0)),
                change(NOFM, "another number of groups", graph -> setByte(graph, "w.length", 0, 1)),
                change(NOFM, "another number to keep", graph -> setByte(graph, "w.rows", 8, 2)),
                change(NOFM, "another end", graph -> setByte(graph, "w.end", 0, 1)),
                change(NOFM, "another start", graph -> setByte(graph, "w.start", 0, 1)),
                change(NOFM, "codes with another reader", graph -> readAlso(graph, "w.codes")),
                change(NOFM, "values with another reader", graph -> readAlso(graph, "w.values")),
                change(NOFM, "groups with another reader", graph -> readAlso(graph, "w.groups")),
                change(
                        NOFM,
                        "another axis of the scatter",
                        graph -> node(graph, "w.groups").getAttributeBuilder(0).setI(0)),
                change(
                        NOFM,
                        "a table that is too large",
                        graph -> initializer(graph, "w.table")
                                .clearDims()
                                .addDims(243)
                                .addDims(500)
                                .setRawData(ByteString.copyFrom(new byte[243 * 500]))),
                change(BLOCKS, "other blocks", graph -> setByte(graph, "w.split", 8, 2)),
                change(BLOCKS, "blocks of nothing", graph -> setByte(graph, "w.split", 16, 0)),
                change(BLOCKS, "another end", graph -> setByte(graph, "w.end", 0, 1)),
                change(BLOCKS, "blocks with another reader", graph -> readAlso(graph, "w.blocks")));
    }

    @ParameterizedTest
    @MethodSource("others")
    void leavesOtherNodesAlone(PackedEncoding encoding, Consumer<GraphProto.Builder> change) {
        Graph graph = read(product(encoding, change)).graph();
        int nodes = pack(weight(), encoding).program().steps().size();
        assertThat(graph.nodes()).hasSizeGreaterThanOrEqualTo(nodes + 1);
        assertThat(graph.initializers()).noneMatch(value -> value.constant().orElseThrow() instanceof Constant.Packed);
    }

    /// What comes after is some nodes that move the elements of a packed tensor.
    @Test
    void theBeginningOfAProgramIsATensorToo() {
        Graph graph = read(product(NOFM, g -> readAlso(g, "w.columns"))).graph();
        assertThat(graph.initializers()).extracting(Value::name).contains("w.columns");
        assertThat(graph.nodes())
                .extracting(Node::operator)
                .containsExactly("Transpose", "Reshape", "MatMul", "Identity");
        graph = read(product(NOFM, g -> node(g, "w.lines").setAttribute(0, integers("perm", 2, 1, 0))))
                .graph();
        assertThat(graph.nodes()).extracting(Node::operator).containsExactly("Transpose", "Reshape", "MatMul");
    }

    private static PackedTensor with(PackedEncoding encoding, String part, DenseTensor other) {
        PackedTensor tensor = pack(weight(), encoding);
        Map<String, DenseTensor> parts = new HashMap<>(tensor.parts());
        parts.put(part, other);
        return new PackedTensor(encoding, tensor.shape(), tensor.program(), parts);
    }

    private static DenseTensor bytes(int count, int value) {
        long[] bits = new long[count];
        Arrays.fill(bits, value);
        return DenseTensor.ofBits(ElementType.U8, Shape.of(count), bits);
    }

    static Stream<Arguments> lies() {
        DenseTensor few = DenseTensor.of(Shape.of(2, 1), 1, 2);
        return Stream.of(
                Arguments.of(with(NOFM, "codes", bytes(34, 250)), "a code of 250, where there are 243"),
                Arguments.of(with(NOFM, "codes", bytes(33, 0)), "codes of u8 33 for 169 groups of 1:3"),
                Arguments.of(with(NOFM, "values", few), "values of shape 2x1 for 169 groups of 1:3"),
                Arguments.of(
                        with(NOFM, "zero", DenseTensor.of(Shape.of(2), 0, 0)), "its zero is f32 2, its values are f32"),
                Arguments.of(with(BLOCKS, "bitmap", bytes(5, 0)), "a bitmap of u8 5 for 39 blocks"),
                Arguments.of(
                        with(BLOCKS, "bitmap", DenseTensor.ofBits(ElementType.U8, Shape.of(5, 1), 1, 0, 0, 0, 0)),
                        "its bitmap has 1 ones, and its values, after the zeros, are of shape 14x13"),
                Arguments.of(
                        with(BLOCKS, "values", few),
                        "its bitmap has 13 ones, and its values, after the zeros, are of shape 2x1"),
                Arguments.of(
                        with(BLOCKS, "values", DenseTensor.of(Shape.of(14, 13), ramp(14 * 13))),
                        "the block that stands for those not stored has different elements"));
    }

    private static float[] ramp(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i;
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("lies")
    void thatLiesIsReadButNotDecoded(PackedTensor lie, String defect) {
        Model model = ModelBuilder.opset(17)
                .initializer("w", lie)
                .node("Identity", List.of("w"), List.of("y"))
                .output("y", lie.type())
                .build();
        Constant constant = w(model.graph()).constant().orElseThrow();
        assertThat(constant.defects()).containsExactly(defect);
        assertThatThrownBy(constant::decode)
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageEndingWith("cannot be decoded: " + defect);
    }
}
