package dev.espalier.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.ModelProto;
import dev.espalier.onnx.proto.StringStringEntryProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExternalDataTest {
    @TempDir
    private Path outside;

    private Path folder = Path.of("");

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(outside.resolve("model"));
    }

    private static TensorProto external(String name, long elements, String... entries) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(1)
                .addDims(elements)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL);
        for (int i = 0; i < entries.length; i += 2) {
            tensor.addExternalData(
                    StringStringEntryProto.newBuilder().setKey(entries[i]).setValue(entries[i + 1]));
        }
        return tensor.build();
    }

    private Path save(TensorProto... tensors) throws IOException {
        Path file = folder.resolve("model.onnx");
        GraphProto graph =
                GraphProto.newBuilder().addAllInitializer(List.of(tensors)).build();
        Files.write(
                file,
                ModelProto.newBuilder().setIrVersion(8).setGraph(graph).build().toByteArray());
        return file;
    }

    private static float[] floats(Model model, String name) {
        DenseTensor tensor =
                model.graph().value(name).flatMap(Value::constant).orElseThrow().decode();
        float[] floats = new float[(int) tensor.elementCount()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = Float.intBitsToFloat((int) tensor.bitsAt(i));
        }
        return floats;
    }

    private static byte[] bytes(float... values) {
        byte[] bytes = new byte[values.length * 4];
        MemorySegment.ofArray(bytes)
                .copyFrom(DenseTensor.of(Shape.of(values.length), values).data());
        return bytes;
    }

    @Test
    void readsOneFileAndManyAtAnyOffset() throws IOException {
        Files.write(folder.resolve("a.bin"), bytes(1, 2, 3, 4));
        Files.createDirectory(folder.resolve("sub"));
        Files.write(folder.resolve("sub/b.bin"), bytes(5));
        Model model = OnnxReader.read(save(
                external("w", 2, "location", "a.bin", "offset", "8", "length", "8"),
                external("v", 1, "location", "a.bin"),
                external("u", 1, "location", "sub/b.bin", "offset", "0")));
        assertThat(floats(model, "w")).containsExactly(3, 4);
        assertThat(floats(model, "v")).containsExactly(1);
        assertThat(floats(model, "u")).containsExactly(5);
    }

    @Test
    void writesThemToOneFileNoLongerThanTheyWere() throws IOException {
        Files.write(folder.resolve("a.bin"), bytes(1, 2, 3, 4));
        Model model = OnnxReader.read(save(
                external("w", 2, "location", "a.bin", "offset", "8"),
                external("v", 2, "location", "a.bin", "offset", "0"),
                external("tied", 2, "location", "a.bin", "offset", "8")));
        Path out = outside.resolve("out.onnx");
        OnnxWriter.Sizes sizes = OnnxWriter.write(model, out);
        assertThat(sizes.external()).isEqualTo(16);
        assertThat(Files.readAllBytes(outside.resolve("out.onnx.data"))).isEqualTo(bytes(1, 2, 3, 4));
        assertThat(Files.size(out)).isEqualTo(sizes.model());
        Model again = OnnxReader.read(out);
        assertThat(floats(again, "w")).containsExactly(3, 4);
        assertThat(floats(again, "v")).containsExactly(1, 2);
        assertThat(floats(again, "tied")).containsExactly(3, 4);
    }

    @Test
    void keepsTheAlignmentThatTensorsHad() throws IOException {
        byte[] file = new byte[8192 + 8];
        System.arraycopy(bytes(7, 8), 0, file, 8192, 8);
        Files.write(folder.resolve("a.bin"), file);
        Model model = OnnxReader.read(
                save(external("v", 1, "location", "a.bin"), external("w", 2, "location", "a.bin", "offset", "8192")));
        OnnxWriter.write(model, outside.resolve("out.onnx"));
        ModelProto written = ModelProto.parseFrom(Files.readAllBytes(outside.resolve("out.onnx")));
        assertThat(written.getGraph().getInitializer(1).getExternalData(1).getValue())
                .isEqualTo("4096");
        assertThat(floats(OnnxReader.read(outside.resolve("out.onnx")), "w")).containsExactly(7, 8);
    }

    @Test
    void holdsTensorsOfMoreThanTwoGigabytes() throws IOException {
        long elements = (1L << 29) + 10;
        try (RandomAccessFile sparseFile =
                new RandomAccessFile(folder.resolve("big.bin").toFile(), "rw")) {
            sparseFile.setLength(elements * 4);
            sparseFile.seek(elements * 4 - 4);
            sparseFile.write(bytes(9));
        }
        Model model = OnnxReader.read(save(external("w", elements, "location", "big.bin")));
        DenseTensor tensor =
                model.graph().value("w").flatMap(Value::constant).orElseThrow().decode();
        assertThat(Float.intBitsToFloat((int) tensor.bitsAt(elements - 1))).isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret.bin", "sub/../../secret.bin", "", "..", "sub\\..\\secret.bin", "a\0b"})
    void refusesPathsThatLeaveTheFolder(String location) throws IOException {
        Files.write(outside.resolve("secret.bin"), bytes(1));
        Path file = save(external("w", 1, "location", location));
        assertThatThrownBy(() -> OnnxReader.read(file))
                .isInstanceOf(ExternalDataException.class)
                .hasMessageContaining("is not inside the model's folder");
    }

    @Test
    void refusesAbsolutePathsAndLinksOut() throws IOException {
        Path secret = outside.resolve("secret.bin");
        Files.write(secret, bytes(1));
        Path absolute =
                save(external("w", 1, "location", secret.toAbsolutePath().toString()));
        assertThatThrownBy(() -> OnnxReader.read(absolute)).isInstanceOf(ExternalDataException.class);
        Files.createSymbolicLink(folder.resolve("link.bin"), secret);
        Path linked = save(external("w", 1, "location", "link.bin"));
        assertThatThrownBy(() -> OnnxReader.read(linked)).isInstanceOf(ExternalDataException.class);
        Files.createSymbolicLink(folder.resolve("up"), outside);
        Path through = save(external("w", 1, "location", "up/secret.bin"));
        assertThatThrownBy(() -> OnnxReader.read(through)).isInstanceOf(ExternalDataException.class);
    }

    static Stream<List<String>> wrongEntries() {
        return Stream.of(
                List.of("location", "missing.bin"),
                List.of("location", "a.bin", "offset", "4"),
                List.of("location", "a.bin", "offset", "-4"),
                List.of("location", "a.bin", "offset", "9223372036854775807"),
                List.of("location", "a.bin", "offset", "x"),
                List.of("location", "a.bin", "length", "3"),
                List.of("location", "a.bin", "length", "99999999999999999999"));
    }

    @ParameterizedTest
    @MethodSource("wrongEntries")
    void refusesWrongEntries(List<String> entries) throws IOException {
        Files.write(folder.resolve("a.bin"), bytes(1));
        Path file = save(external("w", 1, entries.toArray(String[]::new)));
        assertThatThrownBy(() -> OnnxReader.read(file)).isInstanceOf(ExternalDataException.class);
    }

    @Test
    void doesNotOverwriteTheDataItIsReadFrom() throws IOException {
        Files.write(folder.resolve("out.onnx.data"), bytes(1));
        Model model = OnnxReader.read(save(external("w", 1, "location", "out.onnx.data")));
        assertThatThrownBy(() -> OnnxWriter.write(model, folder.resolve("out.onnx")))
                .isInstanceOf(ExternalDataException.class)
                .hasMessageContaining("is one that the input is read from");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }
}
