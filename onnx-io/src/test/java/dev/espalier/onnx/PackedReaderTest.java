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
import static dev.espalier.onnx.PackedModels.weight;
import static dev.espalier.onnx.PackedModels.written;
import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.proto.AttributeProto;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.ModelProto;
import dev.espalier.onnx.proto.NodeProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.onnx.proto.ValueInfoProto;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.PackedEncoding;
import dev.espalier.sparse.SparseEncodings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Which nodes are taken for a packed tensor: whatever they are called and wherever they stand. Those that are not are
/// in [PackedLookalikesTest].
final class PackedReaderTest {
    @TempDir
    private Path folder;

    static Stream<PackedEncoding> encodings() {
        return SparseEncodings.PACKED.stream();
    }

    private static void reverse(GraphProto.Builder graph) {
        List<NodeProto> nodes = new ArrayList<>(graph.getNodeList());
        List<TensorProto> tensors = new ArrayList<>(graph.getInitializerList());
        Collections.reverse(nodes);
        Collections.reverse(tensors);
        graph.clearNode().addAllNode(nodes).clearInitializer().addAllInitializer(tensors);
    }

    private static void rename(GraphProto.Builder graph) {
        Map<String, String> names = new HashMap<>(Map.of("x", "x", "w", "w", "y", "y"));
        for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
            tensor.setName(names.computeIfAbsent(tensor.getName(), n -> "t" + names.size()));
        }
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            node.clearName();
            for (int i = 0; i < node.getInputCount(); i++) {
                node.setInput(i, names.computeIfAbsent(node.getInput(i), n -> "t" + names.size()));
            }
            node.setOutput(0, names.computeIfAbsent(node.getOutput(0), n -> "t" + names.size()));
        }
    }

    private static void writeDefaults(GraphProto.Builder graph) {
        Map<String, List<AttributeProto>> defaults = Map.of(
                "CumSum", List.of(integer("exclusive", 0), integer("reverse", 0)),
                "ScatterElements", List.of(integer("axis", 0), text("reduction", "none")),
                "GatherElements", List.of(integer("axis", 0)),
                "Reshape", List.of(integer("allowzero", 0)),
                "Cast", List.of(integer("saturate", 1)));
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            List<String> there = node.getAttributeList().stream()
                    .map(AttributeProto::getName)
                    .toList();
            defaults.getOrDefault(node.getOpType(), List.of()).stream()
                    .filter(attribute -> !there.contains(attribute.getName()))
                    .forEach(node::addAttribute);
        }
    }

    private static void documented(GraphProto.Builder graph) {
        graph.getNodeBuilderList().forEach(node -> node.setDocString("of " + node.getOutput(0)));
        graph.getInitializerBuilderList().forEach(tensor -> tensor.setDocString("of " + tensor.getName()));
        graph.getNodeList()
                .forEach(node -> graph.addValueInfo(ValueInfoProto.newBuilder().setName("of " + node.getOutput(0))));
        for (int i = 0; i < graph.getNodeCount() - 2; i++) {
            graph.addValueInfo(ValueInfoProto.newBuilder()
                    .setName(graph.getNode(i).getOutput(0))
                    .setDocString("doc"));
        }
    }

    static Stream<Arguments> disguises() {
        return ofEach(Stream.of(
                change("in reverse order", PackedReaderTest::reverse),
                change("under other names", PackedReaderTest::rename),
                change("with attributes that have their default", PackedReaderTest::writeDefaults),
                change("with documentation and declared types", PackedReaderTest::documented),
                change(
                        "under the long name of the standard's domain",
                        graph -> graph.getNodeBuilderList().forEach(node -> node.setDomain("ai.onnx"))),
                change("all of it", graph -> {
                    documented(graph);
                    writeDefaults(graph);
                    rename(graph);
                    reverse(graph);
                })));
    }

    @ParameterizedTest
    @MethodSource("disguises")
    void knowsThemByWhatTheyCompute(PackedEncoding encoding, Consumer<GraphProto.Builder> disguise) throws IOException {
        ModelProto file = product(encoding, disguise);
        Graph graph = read(file).graph();
        assertThat(graph.nodes()).extracting(Node::operator).containsExactly("MatMul");
        assertThat(graph.initializers()).containsExactly(w(graph));
        assertThat(w(graph).constant().orElseThrow().decode().isSameAs(weight()))
                .isTrue();
        // Nothing of it is lost; the nodes may stand in another place.
        GraphProto written = proto(written(read(file), folder)).getGraph();
        assertThat(written.getNodeList())
                .containsExactlyInAnyOrderElementsOf(file.getGraph().getNodeList());
        assertThat(written.getInitializerList()).isEqualTo(file.getGraph().getInitializerList());
        assertThat(written.getValueInfoList())
                .containsExactlyInAnyOrderElementsOf(file.getGraph().getValueInfoList());
        byte[] once = written(read(file), folder);
        assertThat(written(read(proto(once)), folder)).isEqualTo(once);
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void theValuesDocumentationIsTheTensorsUnderAnyName(PackedEncoding encoding) throws IOException {
        ModelProto file = product(encoding, graph -> {
            initializer(graph, "w.values").setDocString("doc");
            rename(graph);
        });
        Model model = read(file);
        GraphPatch.labelled("decode")
                .replaceConstant(w(model.graph()), Constant.of(weight()))
                .apply();
        TensorProto tensor = proto(written(model, folder)).getGraph().getInitializer(0);
        assertThat(tensor.getName()).isEqualTo("w");
        assertThat(tensor.getDocString()).isEqualTo("doc");
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void twoMayShareConstants(PackedEncoding encoding) throws IOException {
        ModelProto.Builder file = proto(ModelBuilder.opset(17)
                        .input("x", ElementType.F32, "n", 39)
                        .initializer("w", pack(weight(), encoding))
                        .initializer("v", pack(weight(), encoding))
                        .node("MatMul", List.of("x", "w"), List.of("y"))
                        .node("MatMul", List.of("x", "v"), List.of("z"))
                        .output("y", ElementType.F32, "n", 13)
                        .output("z", ElementType.F32, "n", 13)
                        .toBytes())
                .toBuilder();
        GraphProto.Builder graph = file.getGraphBuilder();
        Set<String> own = Set.of("v.gaps", "v.bitmap", "v.codes", "v.values");
        List<TensorProto> kept = graph.getInitializerList().stream()
                .filter(tensor -> tensor.getName().startsWith("w.") || own.contains(tensor.getName()))
                .toList();
        graph.clearInitializer().addAllInitializer(kept);
        initializer(graph, "v.values").setDocString("doc");
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            for (int i = 0; i < node.getInputCount(); i++) {
                String name = node.getInput(i);
                boolean isConstant = graph.getNodeList().stream()
                                .noneMatch(other -> other.getOutput(0).equals(name))
                        && !own.contains(name);
                if (name.startsWith("v.") && isConstant) {
                    node.setInput(i, "w." + name.substring(2));
                }
            }
        }
        Model model = read(file.build());
        assertThat(model.graph().initializers()).extracting(Value::name).containsExactly("w", "v");
        byte[] once = written(model, folder);
        Model again = read(proto(once));
        assertThat(again.graph().initializers()).extracting(Value::name).containsExactly("w", "v");
        assertThat(again.graph().nodes()).extracting(Node::operator).containsExactly("MatMul", "MatMul");
        for (Value value : again.graph().initializers()) {
            assertThat(value.constant().orElseThrow().decode().isSameAs(weight()))
                    .isTrue();
        }
        assertThat(proto(once).getGraph().getInitializerList())
                .filteredOn(tensor -> tensor.getDocString().equals("doc"))
                .hasSize(1);
        assertThat(written(again, folder)).isEqualTo(once);
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void aConstantMayServeOtherNodesToo(PackedEncoding encoding) throws IOException {
        ModelProto file = product(
                encoding,
                graph -> graph.addNode(NodeProto.newBuilder()
                                .setOpType("Neg")
                                .addInput("w.shape")
                                .addOutput("n"))
                        .addOutput(ValueInfoProto.newBuilder().setName("n")));
        Model model = read(file);
        assertThat(model.graph().initializers()).extracting(Value::name).containsExactlyInAnyOrder("w", "w.shape");
        byte[] once = written(model, folder);
        Model again = read(proto(once));
        assertThat(again.graph().initializers()).extracting(Value::name).containsExactlyInAnyOrder("w", "w.shape");
        assertThat(again.graph().nodes()).extracting(Node::operator).containsExactly("MatMul", "Neg");
        assertThat(w(again.graph()).constant().orElseThrow().decode().isSameAs(weight()))
                .isTrue();
        assertThat(written(again, folder)).isEqualTo(once);
    }
}
