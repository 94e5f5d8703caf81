package dev.espalier.onnx;

import static dev.espalier.onnx.PackedModels.initializer;
import static dev.espalier.onnx.PackedModels.pack;
import static dev.espalier.onnx.PackedModels.product;
import static dev.espalier.onnx.PackedModels.proto;
import static dev.espalier.onnx.PackedModels.w;
import static dev.espalier.onnx.PackedModels.weight;
import static dev.espalier.onnx.PackedModels.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UnknownFieldSet;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.ModelProto;
import dev.espalier.onnx.proto.NodeProto;
import dev.espalier.onnx.proto.StringStringEntryProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.onnx.proto.ValueInfoProto;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.PackedEncoding;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparseEncodings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Weights that are stored as parts with the nodes that decode them. What is taken for one is tested in
/// [PackedReaderTest], and those that lie in [PackedLiesTest].
final class PackedTest {
    @TempDir
    private Path folder;

    static Stream<PackedEncoding> encodings() {
        return SparseEncodings.PACKED.stream();
    }

    private static Model read(byte[] bytes) {
        return OnnxReader.read(ByteBuffer.wrap(bytes));
    }

    private static void replace(Graph graph, Constant constant) {
        GraphPatch.labelled("test").replaceConstant(w(graph), constant).apply();
    }

    /// Packs `w` in the graph that `find` picks, writes, reads, and checks that it is there.
    private byte[] packedFile(byte[] dense, PackedEncoding encoding, Function<Model, Graph> find) throws IOException {
        Model model = read(dense);
        replace(find.apply(model), Constant.of(pack(weight(), encoding)));
        byte[] file = written(model, folder);
        Value value = w(find.apply(read(file)));
        assertThat(value.isInitializer()).isTrue();
        assertThat(value.constant().orElseThrow()).isInstanceOf(Constant.Packed.class);
        assertThat(value.constant().orElseThrow().decode().isSameAs(weight())).isTrue();
        return file;
    }

    /// Makes `w` of a packed file dense again.
    private byte[] denseFile(byte[] packed, Function<Model, Graph> find) throws IOException {
        Model model = read(packed);
        replace(find.apply(model), Constant.of(weight()));
        return written(model, folder);
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void isOneInitializerWithoutItsNodesAndParts(PackedEncoding encoding) throws IOException {
        Model built = product(pack(weight(), encoding)).build();
        for (Model model : List.of(built, read(written(built, folder)))) {
            Graph graph = model.graph();
            assertThat(graph.initializers()).extracting(Value::name).containsExactly("w");
            assertThat(graph.nodes()).extracting(Node::operator).containsExactly("MatMul");
            assertThat(graph.names()).containsExactlyInAnyOrder("x", "w", "y");
            assertThat(w(graph).uses()).hasSize(1);
            Constant constant = w(graph).constant().orElseThrow();
            assertThat(constant).isInstanceOf(Constant.Packed.class);
            assertThat(constant.storage()).isEqualTo(encoding.name());
            assertThat(constant.isSparse()).isTrue();
            assertThat(constant.defects()).isEmpty();
            assertThat(constant.type()).isEqualTo(ElementType.F32);
            assertThat(constant.shape()).isEqualTo(PackedModels.SHAPE);
            assertThat(constant.decode().isSameAs(weight())).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void isWrittenWithTheBytesThatWereRead(PackedEncoding encoding) throws IOException {
        byte[] built = product(pack(weight(), encoding)).toBytes();
        assertThat(proto(written(read(built), folder))).isEqualTo(proto(built));
        byte[] file = written(read(built), folder);
        assertThat(written(read(file), folder)).isEqualTo(file);
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void isTheOldFileOnceItIsDenseAgain(PackedEncoding encoding) throws IOException {
        byte[] dense = written(product(weight()).build(), folder);
        byte[] packed = packedFile(dense, encoding, Model::graph);
        // Its table alone is larger than so small a weight.
        assertThat(packed.length < dense.length).isNotEqualTo(encoding.equals(SparseEncodings.NOFM));
        assertThat(denseFile(packed, Model::graph)).isEqualTo(dense);
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void takesAnyOtherFormInItsPlace(PackedEncoding encoding) throws IOException {
        byte[] packed = written(product(pack(weight(), encoding)).build(), folder);
        PackedEncoding other = encoding.equals(SparseEncodings.GAP) ? SparseEncodings.BITMAP : SparseEncodings.GAP;
        Model model = read(packed);
        replace(model.graph(), Constant.of(pack(weight(), other)));
        assertThat(written(model, folder))
                .isEqualTo(written(product(pack(weight(), other)).build(), folder));
        replace(model.graph(), Constant.of(pack(weight(), encoding)));
        assertThat(written(model, folder)).isEqualTo(packed);
        replace(model.graph(), w(model.graph()).constant().orElseThrow().withElements(weight()));
        assertThat(written(model, folder)).isEqualTo(written(product(weight()).build(), folder));
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void makesAnInitializerOfAConstantNode(PackedEncoding encoding) throws IOException {
        byte[] file = ModelBuilder.opset(17)
                .input("x", ElementType.F32, "n", 39)
                .node("Constant", List.of(), List.of("w"), "value", weight())
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .output("y", ElementType.F32, "n", 13)
                .toBytes();
        byte[] packed = packedFile(file, encoding, Model::graph);
        byte[] dense = written(product(weight()).build(), folder);
        assertThat(packed).isEqualTo(packedFile(dense, encoding, Model::graph));
        assertThat(denseFile(packed, Model::graph)).isEqualTo(dense);
    }

    @Test
    void aConstantNodesTensorOfAnotherNameTakesThatOfItsOutput() throws IOException {
        ModelProto.Builder proto = proto(ModelBuilder.opset(17)
                        .node("Constant", List.of(), List.of("w"), "value", weight())
                        .node("Identity", List.of("w"), List.of("y"))
                        .output("y", ElementType.F32, 39, 13)
                        .toBytes())
                .toBuilder();
        proto.getGraphBuilder()
                .getNodeBuilder(0)
                .getAttributeBuilder(0)
                .getTBuilder()
                .setName("value");
        Model model = PackedModels.read(proto.build());
        replace(model.graph(), Constant.of(pack(weight(), SparseEncodings.GAP)));
        replace(model.graph(), Constant.of(weight()));
        assertThat(read(written(model, folder)).graph().initializers())
                .extracting(Value::name)
                .containsExactly("w");
    }

    private static ModelBuilder branches(DenseTensor then) {
        ModelBuilder large = ModelBuilder.opset(17)
                .initializer("w", then)
                .node("MatMul", List.of("x", "w"), List.of("m"))
                .output("m", ElementType.F32, "n", 13);
        ModelBuilder small = ModelBuilder.opset(17)
                .initializer("w", DenseTensor.of(Shape.of(1), 2))
                .node("Mul", List.of("x", "w"), List.of("w.values"))
                .output("w.values", ElementType.F32, "n", 39);
        return ModelBuilder.opset(17)
                .input("x", ElementType.F32, "n", 39)
                .input("c", ElementType.BOOL)
                .nodeWithBodies("If", List.of("c"), List.of("y"), "then_branch", large, "else_branch", small)
                .output("y", ElementType.F32, "n", "m");
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void isAtHomeInABranch(PackedEncoding encoding) throws IOException {
        Function<Model, Graph> then =
                model -> model.graph().nodes().getFirst().bodies().getFirst();
        byte[] dense = written(branches(weight()).build(), folder);
        byte[] packed = packedFile(dense, encoding, then);
        Graph branch = then.apply(read(packed));
        assertThat(branch.nodes()).extracting(Node::operator).containsExactly("MatMul");
        assertThat(written(read(packed), folder)).isEqualTo(packed);
        // The other branch has a tensor `w.values`.
        GraphProto raw = proto(packed).getGraph().getNode(0).getAttribute(0).getG();
        assertThat(raw.getInitializerList()).extracting(TensorProto::getName).allMatch(name -> name.startsWith("w_2."));
        assertThat(denseFile(packed, then)).isEqualTo(dense);
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void takesNoNameOfANestedGraph(PackedEncoding encoding) throws IOException {
        ModelBuilder branch = ModelBuilder.opset(17)
                .node("Neg", List.of("y"), List.of("w.values"))
                .node("Abs", List.of("w.values"), List.of("w_2.shape"))
                .output("w_2.shape", ElementType.F32, "n", 13);
        byte[] dense = written(
                product(weight())
                        .input("c", ElementType.BOOL)
                        .nodeWithBodies("If", List.of("c"), List.of("z"), "then_branch", branch, "else_branch", branch)
                        .output("z", ElementType.F32, "n", 13)
                        .build(),
                folder);
        byte[] packed = packedFile(dense, encoding, Model::graph);
        assertThat(proto(packed).getGraph().getInitializerList())
                .extracting(TensorProto::getName)
                .allMatch(name -> name.startsWith("w_3."));
        assertThat(denseFile(packed, Model::graph)).isEqualTo(dense);
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void decodesFirstAndDeclaresTheResult(PackedEncoding encoding) throws IOException {
        Model model = read(ModelBuilder.opset(17)
                .input("x", ElementType.F32, "n", 39)
                .node("Abs", List.of("x"), List.of("a"))
                .node("MatMul", List.of("a", "w"), List.of("y"))
                .initializer("w", weight())
                .output("y", ElementType.F32, "n", 13)
                .toBytes());
        replace(model.graph(), Constant.of(pack(weight(), encoding)));
        GraphProto graph = proto(written(model, folder)).getGraph();
        int count = graph.getNodeCount();
        assertThat(graph.getNodeList().subList(count - 2, count))
                .extracting(NodeProto::getOpType)
                .containsExactly("Abs", "MatMul");
        assertThat(graph.getNode(count - 3).getOutputList()).containsExactly("w");
        assertThat(graph.getNode(count - 3).getOpType()).isEqualTo("Reshape");
        ValueInfoProto info = graph.getValueInfo(0);
        assertThat(graph.getValueInfoCount()).isEqualTo(1);
        assertThat(info.getName()).isEqualTo("w");
        assertThat(ValueType.of(info.getType()))
                .isEqualTo(new ValueType.Tensor(
                        ElementType.F32, List.of(new Dimension.Known(39), new Dimension.Known(13))));
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void keepsADeclarationThatTheFileHasAlready(PackedEncoding encoding) throws IOException {
        ModelProto.Builder proto = proto(product(weight()).toBytes()).toBuilder();
        proto.getGraphBuilder()
                .addValueInfo(ValueInfoProto.newBuilder().setName("w").setDocString("doc"))
                .addValueInfo(ValueInfoProto.newBuilder().setName("nowhere"));
        byte[] packed = packedFile(proto.build().toByteArray(), encoding, Model::graph);
        assertThat(proto(packed).getGraph().getValueInfoList())
                .hasSize(2)
                .anyMatch(info -> info.getDocString().equals("doc"));
        assertThat(written(read(packed), folder)).isEqualTo(packed);
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void keepsWhatElseTheTensorSays(PackedEncoding encoding) throws IOException {
        ModelProto.Builder proto = proto(product(weight()).toBytes()).toBuilder();
        initializer(proto.getGraphBuilder(), "w")
                .setDocString("doc")
                .addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey("k").setValue("v"))
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                1000,
                                UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                        .build());
        byte[] dense = written(PackedModels.read(proto.build()), folder);
        byte[] packed = packedFile(dense, encoding, Model::graph);
        assertThat(proto(packed).getGraph().getInitializerList())
                .filteredOn(tensor -> tensor.getDocString().equals("doc"))
                .extracting(TensorProto::getName)
                .containsExactly("w.values");
        assertThat(denseFile(packed, Model::graph)).isEqualTo(dense);
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void isNotWhatACallerMaySet(PackedEncoding encoding) {
        Model model = product(weight()).input("w", ElementType.F32, 39, 13).build();
        GraphPatch patch =
                GraphPatch.labelled("pack").replaceConstant(w(model.graph()), Constant.of(pack(weight(), encoding)));
        assertThatThrownBy(patch::apply).hasMessageContaining("'w' is a graph input");
        assertThat(w(model.graph()).constant().orElseThrow().storage()).isEqualTo("raw");
        assertThat(patch.removeInput(w(model.graph())).apply()).isTrue();
        assertThat(w(model.graph()).constant().orElseThrow().storage()).isEqualTo(encoding.name());
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void saysHowManyBytesItTakes(PackedEncoding encoding) throws IOException {
        Model model = product(weight()).build();
        Value value = w(model.graph());
        Constant packed = Constant.of(pack(weight(), encoding));
        long saved = value.storedSize() - value.storedSize(packed);
        long dense = written(model, folder).length;
        replace(model.graph(), packed);
        long after = written(model, folder).length;
        // But for a byte of the length of the graph's message.
        assertThat(dense - after).isBetween(saved - 1, saved + 1);
        assertThat(w(read(written(model, folder)).graph()).storedSize()).isEqualTo(value.storedSize());
    }
}
