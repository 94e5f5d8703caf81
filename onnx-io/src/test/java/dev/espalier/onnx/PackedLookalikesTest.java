package dev.espalier.onnx;

import static dev.espalier.onnx.PackedModels.change;
import static dev.espalier.onnx.PackedModels.initializer;
import static dev.espalier.onnx.PackedModels.integer;
import static dev.espalier.onnx.PackedModels.node;
import static dev.espalier.onnx.PackedModels.ofEach;
import static dev.espalier.onnx.PackedModels.pack;
import static dev.espalier.onnx.PackedModels.product;
import static dev.espalier.onnx.PackedModels.proto;
import static dev.espalier.onnx.PackedModels.read;
import static dev.espalier.onnx.PackedModels.text;
import static dev.espalier.onnx.PackedModels.w;
import static dev.espalier.onnx.PackedModels.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.espalier.onnx.proto.AttributeProto;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.ModelProto;
import dev.espalier.onnx.proto.NodeProto;
import dev.espalier.onnx.proto.StringStringEntryProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.onnx.proto.ValueInfoProto;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.PackedEncoding;
import dev.espalier.sparse.SparseEncodings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Which nodes are not taken for a packed tensor: they stay in the graph, and the file is written as it was.
final class PackedLookalikesTest {
    @TempDir
    private Path folder;

    static Stream<PackedEncoding> encodings() {
        return SparseEncodings.PACKED.stream();
    }

    private static List<NodeProto.Builder> nodes(GraphProto.Builder graph, String operator) {
        return graph.getNodeBuilderList().stream()
                .filter(node -> node.getOpType().equals(operator))
                .toList();
    }

    private static void readAlso(GraphProto.Builder graph, String name) {
        graph.addNode(NodeProto.newBuilder()
                        .setOpType("Identity")
                        .addInput(name)
                        .addOutput("also"))
                .addOutput(ValueInfoProto.newBuilder().setName("also"));
    }

    private static void readInBranch(GraphProto.Builder graph, String name) {
        GraphProto.Builder branch = GraphProto.newBuilder()
                .setName("branch")
                .addNode(NodeProto.newBuilder()
                        .setOpType("Identity")
                        .addInput(name)
                        .addOutput("b"))
                .addOutput(ValueInfoProto.newBuilder().setName("b"));
        graph.addNode(NodeProto.newBuilder()
                .setOpType("If")
                .addInput("c")
                .addOutput("also")
                .addAttribute(AttributeProto.newBuilder()
                        .setName("then_branch")
                        .setType(AttributeProto.AttributeType.GRAPH)
                        .setG(branch)));
    }

    private static void setBits(GraphProto.Builder graph, String name, int at, int value) {
        TensorProto.Builder tensor = initializer(graph, name);
        byte[] bytes = tensor.getRawData().toByteArray();
        bytes[at] = (byte) value;
        tensor.setRawData(ByteString.copyFrom(bytes));
    }

    static Stream<Arguments> others() {
        Stream<Named<Consumer<GraphProto.Builder>>> always = Stream.of(
                change("a part is read by another node", graph -> readAlso(graph, "w.values")),
                change("a part is read in a branch", graph -> readInBranch(graph, "w.values")),
                change(
                        "a part is an output",
                        graph -> graph.addOutput(ValueInfoProto.newBuilder().setName("w.values"))),
                change(
                        "a part is an input",
                        graph -> graph.addInput(ValueInfoProto.newBuilder().setName("w.values"))),
                change(
                        "a constant is an input",
                        graph -> graph.addInput(ValueInfoProto.newBuilder().setName("w.axis"))),
                change("another axis", graph -> setBits(graph, "w.axis", 0, 1)),
                change(
                        "an axis of another shape",
                        graph -> initializer(graph, "w.axis").addDims(1)),
                change(
                        "an axis of another type",
                        graph -> initializer(graph, "w.axis").setDataType(OnnxTypes.number(ElementType.U64))),
                change("another shape", graph -> setBits(graph, "w.shape", 0, 38)),
                change("a shape with a zero", graph -> setBits(graph, "w.shape", 0, 0)),
                change(
                        "a cast to another type",
                        graph -> nodes(graph, "Cast")
                                .getFirst()
                                .setAttribute(0, integer("to", OnnxTypes.number(ElementType.I64)))),
                change(
                        "no attribute that must be there",
                        graph -> nodes(graph, "Cast").getFirst().clearAttribute()),
                change(
                        "an exclusive sum",
                        graph -> nodes(graph, "CumSum").getFirst().addAttribute(integer("exclusive", 1))),
                change(
                        "a sum from the end",
                        graph -> nodes(graph, "CumSum").getFirst().addAttribute(integer("reverse", 1))),
                change("zeros that are allowed", graph -> node(graph, "w").addAttribute(integer("allowzero", 1))),
                change(
                        "an attribute that is not known",
                        graph -> node(graph, "w").addAttribute(text("mode", "x"))),
                change(
                        "a cast that does not saturate",
                        graph -> nodes(graph, "Cast").getFirst().addAttribute(integer("saturate", 0))),
                change("one input more", graph -> node(graph, "w").addInput("w.axis")),
                change("one output more", graph -> node(graph, "w").addOutput("more")),
                change("a part that is not there", graph -> {
                    List<TensorProto> kept = graph.getInitializerList().stream()
                            .filter(tensor -> !tensor.getName().equals("w.values"))
                            .toList();
                    graph.clearInitializer().addAllInitializer(kept);
                }));
        Stream<Arguments> domains = encodings()
                .flatMap(encoding -> IntStream.range(0, count(encoding))
                        .mapToObj(i -> Arguments.of(
                                encoding,
                                change(
                                        "node " + i + " is of another domain",
                                        graph -> graph.getNodeBuilder(i).setDomain("com.example")))));
        Stream<Arguments> readers = encodings()
                .flatMap(encoding -> IntStream.range(0, count(encoding) - 1)
                        .boxed()
                        .flatMap(i -> Stream.of(
                                Arguments.of(
                                        encoding,
                                        change(
                                                "tensor " + i + " is read by another node",
                                                graph -> readAlso(
                                                        graph, graph.getNode(i).getOutput(0)))),
                                Arguments.of(
                                        encoding,
                                        change(
                                                "tensor " + i + " is read in a branch",
                                                graph -> readInBranch(
                                                        graph, graph.getNode(i).getOutput(0)))),
                                Arguments.of(
                                        encoding,
                                        change(
                                                "tensor " + i + " is an output",
                                                graph -> graph.addOutput(ValueInfoProto.newBuilder()
                                                        .setName(
                                                                graph.getNode(i).getOutput(0))))))));
        Stream<Arguments> gap = Stream.of(
                        change("gaps with another reader", graph -> readAlso(graph, "w.gaps")),
                        change("another length", graph -> setBits(graph, "w.length", 0, 1)),
                        change(
                                "another axis of the scatter",
                                graph -> nodes(graph, "ScatterElements")
                                        .getFirst()
                                        .addAttribute(integer("axis", -1))),
                        change(
                                "a scatter that adds",
                                graph -> nodes(graph, "ScatterElements")
                                        .getFirst()
                                        .addAttribute(text("reduction", "add"))),
                        change(
                                "a zero that goes without saying",
                                graph -> nodes(graph, "ConstantOfShape")
                                        .getFirst()
                                        .clearAttribute()),
                        change("a zero of strings", graph -> {
                            AttributeProto.Builder zero =
                                    nodes(graph, "ConstantOfShape").getFirst().getAttributeBuilder(0);
                            zero.setT(TensorProto.newBuilder()
                                    .setDataType(8)
                                    .addDims(1)
                                    .addStringData(ByteString.copyFromUtf8("0")));
                        }))
                .map(change -> Arguments.of(SparseEncodings.GAP, change));
        Stream<Arguments> bitmap = Stream.of(
                        change("a bitmap with another reader", graph -> readAlso(graph, "w.bitmap")),
                        change("another shift", graph -> setBits(graph, "w.left", 0, 6)),
                        change("another shift back", graph -> setBits(graph, "w.right", 0, 6)),
                        change("another end", graph -> setBits(graph, "w.end", 0, 1)),
                        change("another start", graph -> setBits(graph, "w.start", 0, 1)),
                        change(
                                "the other direction",
                                graph -> nodes(graph, "BitShift")
                                        .getFirst()
                                        .setAttribute(0, text("direction", "RIGHT"))),
                        change(
                                "the other direction back",
                                graph -> nodes(graph, "BitShift").getLast().setAttribute(0, text("direction", "LEFT"))),
                        change(
                                "another axis of the gather",
                                graph -> nodes(graph, "GatherElements")
                                        .getFirst()
                                        .addAttribute(integer("axis", 1))),
                        change("bits instead of ranks", graph -> {
                            NodeProto.Builder product = nodes(graph, "Mul").getFirst();
                            product.setInput(1, product.getInput(0));
                        }))
                .map(change -> Arguments.of(SparseEncodings.BITMAP, change));
        // That for N:M has no axis to damage, and its beginning is a program too: see PatternPackedTest.
        return Stream.of(ofEach(always), domains, readers, gap, bitmap)
                .flatMap(all -> all)
                .filter(arguments -> !SparseEncodings.NOFM.equals(arguments.get()[0]));
    }

    /// How many nodes decode the weight.
    private static int count(PackedEncoding encoding) {
        return pack(PackedModels.weight(), encoding).program().steps().size();
    }

    @ParameterizedTest
    @MethodSource("others")
    void leavesOtherNodesAlone(PackedEncoding encoding, Consumer<GraphProto.Builder> change) throws IOException {
        ModelProto file = product(encoding, change);
        Model model = read(file);
        assertThat(model.graph().nodes()).hasSize(file.getGraph().getNodeCount());
        assertThat(w(model.graph()).constant()).isEmpty();
        assertThat(proto(written(model, folder))).isEqualTo(file);
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void leavesPartsOfTheGraphAroundAlone(PackedEncoding encoding) throws IOException {
        GraphProto plain = product(encoding, graph -> {}).getGraph();
        GraphProto.Builder branch = plain.toBuilder().clearInput().clearInitializer();
        ModelProto.Builder file = product(encoding, graph -> {}).toBuilder();
        file.getGraphBuilder()
                .clearNode()
                .clearOutput()
                .addNode(NodeProto.newBuilder()
                        .setOpType("If")
                        .addInput("c")
                        .addOutput("z")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("then_branch")
                                .setType(AttributeProto.AttributeType.GRAPH)
                                .setG(branch)));
        Model model = read(file.build());
        assertThat(model.graph().nodes().getFirst().bodies().getFirst().nodes()).hasSize(plain.getNodeCount());
        assertThat(proto(written(model, folder))).isEqualTo(file.build());
    }

    /// Whatever the format allows, an attribute's data stays in the model file when it is part of a packed tensor.
    @Test
    void leavesAZeroInAnotherFileAlone() throws IOException {
        ModelProto file = product(
                SparseEncodings.GAP,
                graph -> nodes(graph, "ConstantOfShape")
                        .getFirst()
                        .getAttributeBuilder(0)
                        .getTBuilder()
                        .clearRawData()
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(StringStringEntryProto.newBuilder()
                                .setKey("location")
                                .setValue("zero.bin")));
        Files.write(folder.resolve("zero.bin"), new byte[4]);
        Path in = folder.resolve("in.onnx");
        Files.write(in, file.toByteArray());
        Path out = folder.resolve("out.onnx");
        OnnxWriter.write(OnnxReader.read(in), out);
        Files.delete(folder.resolve("zero.bin"));
        Model model = OnnxReader.read(out);
        assertThat(model.graph().nodes()).hasSize(file.getGraph().getNodeCount());
        assertThat(model.externalFiles()).hasSize(1);
    }

    static Stream<Arguments> doubles() {
        return ofEach(Stream.of(
                change("two nodes make it", graph -> graph.addNode(node(graph, "w"))),
                change("two nodes make what is decoded on the way", graph -> graph.addNode(graph.getNode(0))),
                change(
                        "it is an input",
                        graph -> graph.addInput(ValueInfoProto.newBuilder().setName("w"))),
                change(
                        "what is decoded on the way is an input",
                        graph -> graph.addInput(ValueInfoProto.newBuilder()
                                .setName(graph.getNode(0).getOutput(0)))),
                change(
                        "what is decoded on the way is an initializer",
                        graph -> graph.addInitializer(graph.getInitializer(0).toBuilder()
                                .setName(graph.getNode(0).getOutput(0)))),
                change("a part is there twice", graph -> graph.addInitializer(graph.getInitializer(0)))));
    }

    @ParameterizedTest
    @MethodSource("doubles")
    void refusesNamesThatAreDefinedTwice(PackedEncoding encoding, Consumer<GraphProto.Builder> change) {
        ModelProto file = product(encoding, change);
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining("is defined twice");
    }
}
