package dev.espalier.onnx;

import static dev.espalier.onnx.PackedModels.pack;
import static dev.espalier.onnx.PackedModels.product;
import static dev.espalier.onnx.PackedModels.proto;
import static dev.espalier.onnx.PackedModels.w;
import static dev.espalier.onnx.PackedModels.weight;
import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.proto.ModelProto;
import dev.espalier.onnx.proto.NodeProto;
import dev.espalier.onnx.proto.StringStringEntryProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.sparse.PackedEncoding;
import dev.espalier.sparse.SparseEncodings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Packed weights of which the parts are in a file beside the model.
final class PackedExternalTest {
    @TempDir
    private Path folder;

    static Stream<PackedEncoding> encodings() {
        return SparseEncodings.PACKED.stream();
    }

    private static void replace(Graph graph, Constant constant) {
        GraphPatch.labelled("test").replaceConstant(w(graph), constant).apply();
    }

    /// Moves the data of every initializer to a file, one after the other.
    private Path externalFile(PackedEncoding encoding) throws IOException {
        ModelProto.Builder proto = proto(product(pack(weight(), encoding)).toBytes()).toBuilder();
        Path data = folder.resolve("parts.bin");
        long offset = 0;
        byte[] all = new byte[1 << 14];
        for (TensorProto.Builder tensor : proto.getGraphBuilder().getInitializerBuilderList()) {
            byte[] bytes = tensor.getRawData().toByteArray();
            System.arraycopy(bytes, 0, all, (int) offset, bytes.length);
            tensor.clearRawData()
                    .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                    .addExternalData(StringStringEntryProto.newBuilder()
                            .setKey("location")
                            .setValue("parts.bin"))
                    .addExternalData(
                            StringStringEntryProto.newBuilder().setKey("offset").setValue(Long.toString(offset)))
                    .addExternalData(
                            StringStringEntryProto.newBuilder().setKey("length").setValue(Long.toString(bytes.length)));
            offset += bytes.length + 64;
        }
        Files.write(data, all);
        Path file = folder.resolve("external.onnx");
        Files.write(file, proto.build().toByteArray());
        return file;
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void partsMayBeInAnotherFile(PackedEncoding encoding) throws IOException {
        Model model = OnnxReader.read(externalFile(encoding));
        assertThat(w(model.graph()).constant().orElseThrow().decode().isSameAs(weight()))
                .isTrue();
        assertThat(w(model.graph()).storedSize()).isGreaterThan(800).isLessThan(10_000);
        Path out = folder.resolve("out.onnx");
        OnnxWriter.write(model, out);
        Files.delete(folder.resolve("parts.bin"));
        Model again = OnnxReader.read(out);
        assertThat(w(again.graph()).constant().orElseThrow().storage()).isEqualTo(encoding.name());
        assertThat(w(again.graph()).constant().orElseThrow().decode().isSameAs(weight()))
                .isTrue();
        assertThat(again.externalFiles()).hasSize(1);
        Path twice = Files.createDirectory(folder.resolve("twice")).resolve("out.onnx");
        OnnxWriter.write(again, twice);
        assertThat(twice).hasSameBinaryContentAs(out);
        assertThat(twice.resolveSibling("out.onnx.data")).hasSameBinaryContentAs(folder.resolve("out.onnx.data"));
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void partsInAnotherFileMayBeShared(PackedEncoding encoding) throws IOException {
        Path file = externalFile(encoding);
        ModelProto.Builder proto = proto(Files.readAllBytes(file)).toBuilder();
        proto.getGraphBuilder()
                .addNode(NodeProto.newBuilder()
                        .setOpType("Neg")
                        .addInput("w.axis")
                        .addOutput("n"));
        Files.write(file, proto.build().toByteArray());
        Model model = OnnxReader.read(file);
        assertThat(w(model.graph()).storedSize()).isGreaterThan(800).isLessThan(10_000);
        Path out = folder.resolve("out.onnx");
        OnnxWriter.write(model, out);
        Files.delete(folder.resolve("parts.bin"));
        Graph again = OnnxReader.read(out).graph();
        assertThat(again.nodes()).extracting(Node::operator).containsExactly("MatMul", "Neg");
        assertThat(w(again).constant().orElseThrow().decode().isSameAs(weight()))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void partsInAnotherFileComeHomeWhenItIsDense(PackedEncoding encoding) throws IOException {
        Model model = OnnxReader.read(externalFile(encoding));
        replace(model.graph(), w(model.graph()).constant().orElseThrow().withElements(weight()));
        Path out = folder.resolve("out.onnx");
        OnnxWriter.write(model, out);
        assertThat(folder.resolve("out.onnx.data")).doesNotExist();
        assertThat(proto(Files.readAllBytes(out)))
                .isEqualTo(proto(product(weight()).toBytes()));
    }
}
