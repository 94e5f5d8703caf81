package dev.espalier.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Grid;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.PackedEncoding;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Rounded;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparseEncodings;
import dev.espalier.sparse.ValueForm;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// ONNX Runtime and the reader make the same of values that are stored in fewer bits: what they were rounded to.
final class NarrowRuntimeTest {
    private static final List<Shape> SHAPES =
            List.of(Shape.of(12, 7), Shape.of(6, 4, 3, 3), Shape.of(2, 3, 4, 3, 2), Shape.of(9));

    @TempDir
    private Path folder;

    static Stream<Arguments> cases() {
        return Stream.of(ValueForm.values())
                .flatMap(form -> SparseEncodings.PACKED.stream()
                        .flatMap(base -> Stream.of(ElementType.F32, ElementType.F64)
                                .flatMap(type ->
                                        Stream.of(11L, 25L).map(opset -> Arguments.of(form, base, type, opset)))));
    }

    private static DenseTensor everyThirdRow(ElementType type, Shape shape, double smallest, Random random) {
        long[] bits = new long[(int) shape.elementCount()];
        long columns = shape.elementCount() / shape.dim(0);
        for (int i = 0; i < bits.length; i++) {
            double value = (1 + random.nextDouble()) * (random.nextInt(9) == 0 ? smallest : 1);
            if (i / columns % 3 == 0) {
                bits[i] = type == ElementType.F32
                        ? Float.floatToRawIntBits((float) value)
                        : Double.doubleToRawLongBits(value);
            }
        }
        return DenseTensor.ofBits(type, shape, bits);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decodesEveryBit(ValueForm form, PackedEncoding base, ElementType type, long opset)
            throws IOException, ModelRunException {
        Random random = new Random(4);
        ModelBuilder builder = ModelBuilder.opset(opset);
        Map<String, DenseTensor> expected = new LinkedHashMap<>();
        for (Shape shape : SHAPES) {
            // Zeros of their own would break the blocks.
            double smallest = base.equals(SparseEncodings.BLOCKS) ? 1 : 1e-6;
            DenseTensor tensor = everyThirdRow(type, shape, smallest, random);
            for (int axis = 0; axis < shape.rank(); axis++) {
                Mask kept = Mask.ofNonZeros(tensor, Quantization.NONE);
                Rounded rounded = Rounded.of(tensor, kept, form, Grid.along(shape, axis))
                        .rounded()
                        .orElseThrow();
                PackedEncoding encoding = base.of(rounded);
                if (encoding.refusal(rounded.elements(), rounded.nonZeros(), Quantization.NONE)
                        .isPresent()) {
                    continue;
                }
                String name = "w" + expected.size();
                builder.initializer(name, encoding.encode(rounded.elements(), rounded.nonZeros(), Quantization.NONE))
                        .node("Identity", List.of(name), List.of(name + "_out"))
                        .output(name + "_out", type);
                expected.put(name + "_out", rounded.elements());
            }
        }
        assertThat(expected).isNotEmpty();
        Path file = folder.resolve("model.onnx");
        Files.write(file, builder.toBytes());
        requireRead(file, expected, base.name() + "-" + form);
        for (OptLevel level : List.of(OptLevel.NO_OPT, OptLevel.ALL_OPT)) {
            try (OrtModel loaded = OrtModel.load(file, SessionSettings.DEFAULT.at(level))) {
                Map<String, Output> outputs = loaded.run(Map.of());
                expected.forEach((name, tensor) -> {
                    Output.Numbers output = (Output.Numbers) Objects.requireNonNull(outputs.get(name));
                    assertThat(MemorySegment.ofBuffer(output.bytes()).mismatch(tensor.data()))
                            .as(level + " " + name)
                            .isEqualTo(-1);
                });
            }
        }
    }

    private void requireRead(Path file, Map<String, DenseTensor> expected, String storage) throws IOException {
        Model model = OnnxReader.read(file);
        assertThat(model.graph().nodes()).allMatch(node -> node.isOperator("Identity"));
        expected.forEach((output, tensor) -> {
            Constant constant = model.graph()
                    .value(output.replace("_out", ""))
                    .flatMap(value -> value.constant())
                    .orElseThrow();
            assertThat(constant.storage()).isEqualTo(storage);
            assertThat(constant.type()).isEqualTo(tensor.type());
            assertThat(constant.decode().isSameAs(tensor)).isTrue();
        });
        Path again = folder.resolve("again.onnx");
        OnnxWriter.write(model, again);
        Path twice = folder.resolve("twice.onnx");
        OnnxWriter.write(OnnxReader.read(again), twice);
        assertThat(twice).hasSameBinaryContentAs(again);
    }
}
