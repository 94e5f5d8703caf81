package dev.espalier.run.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A window's products with the kernel are what ONNX Runtime's Conv gives.
final class WindowTest {
    private static final int BATCH = 2;
    private static final int CHANNELS = 4;
    private static final int OUTPUTS = 4;

    @TempDir
    private Path folder;

    static Stream<Arguments> convolutions() {
        return Stream.of(
                Arguments.of(List.of(3, 3), List.of(7, 6), List.of()),
                Arguments.of(List.of(3, 2), List.of(7, 6), List.of("pads", List.of(1, 0, 2, 1))),
                Arguments.of(List.of(3, 3), List.of(9, 8), List.of("strides", List.of(2, 3))),
                Arguments.of(List.of(3, 3), List.of(9, 8), List.of("dilations", List.of(2, 1))),
                Arguments.of(List.of(3, 3), List.of(8, 7), List.of("auto_pad", "SAME_UPPER", "strides", List.of(2, 2))),
                Arguments.of(List.of(4, 3), List.of(8, 7), List.of("auto_pad", "SAME_LOWER", "strides", List.of(2, 1))),
                Arguments.of(List.of(3, 3), List.of(8, 7), List.of("auto_pad", "VALID")),
                Arguments.of(List.of(3, 3), List.of(8, 7), List.of("group", 2, "pads", List.of(1, 1, 1, 1))),
                Arguments.of(List.of(3, 2), List.of(8, 7), List.of("group", 4, "strides", List.of(2, 2))),
                Arguments.of(List.of(5), List.of(20), List.of("pads", List.of(2, 2), "strides", List.of(3))),
                Arguments.of(List.of(2, 3, 2), List.of(5, 6, 4), List.of("pads", List.of(1, 1, 0, 0, 1, 1))));
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void multipliesWhatTheRuntimeDoes(List<Integer> kernel, List<Integer> size, List<Object> attributes)
            throws Exception {
        int groups = attributes.contains("group") ? (int) attributes.get(attributes.indexOf("group") + 1) : 1;
        DenseTensor weight = random(1, OUTPUTS, CHANNELS / groups, kernel);
        DenseTensor input = random(2, BATCH, CHANNELS, size);
        List<Object> dims = new ArrayList<>(List.of(BATCH, CHANNELS));
        dims.addAll(size);
        Path file = folder.resolve("conv.onnx");
        Files.write(
                file,
                ModelBuilder.opset(17)
                        .input("x", ElementType.F32, dims.toArray())
                        .initializer("w", weight)
                        .node("Conv", List.of("x", "w"), List.of("y"), attributes.toArray())
                        .output("y", ElementType.F32)
                        .toBytes());
        Model model = OnnxReader.read(file);
        Node conv = model.graph().nodes().getFirst();
        try (Arena arena = Arena.ofShared();
                Piece piece = Piece.load(
                        file, Map.of(), Map.of("x", ElementType.F32), List.of("y"), folder.resolve("run.onnx"), 1)) {
            Tensor x = Tensor.of(input);
            Tensor y = Tensor.of(
                    Objects.requireNonNull(piece.run(Map.of("x", input), arena).get("y")));
            compare(
                    new ConvolvedRows(
                            Window.of(
                                    conv,
                                    kernel.stream().mapToInt(Integer::intValue).toArray(),
                                    x,
                                    y),
                            x,
                            y,
                            groups,
                            BATCH),
                    weight);
            // As if the batch were one sample: the same rows.
            assertThat(new ConvolvedRows(
                                    Window.of(
                                            conv,
                                            kernel.stream()
                                                    .mapToInt(Integer::intValue)
                                                    .toArray(),
                                            x,
                                            y),
                                    x,
                                    y,
                                    groups,
                                    1)
                            .positions())
                    .isEqualTo(BATCH * y.sizeFrom(2));
        }
    }

    private static void compare(ConvolvedRows rows, DenseTensor weight) {
        int taps = (int) weight.elementCount() / OUTPUTS;
        float[] row = new float[taps];
        for (int place = 0; place < BATCH * rows.positions(); place++) {
            int sample = place / rows.positions();
            int position = place % rows.positions();
            for (int output = 0; output < OUTPUTS; output++) {
                rows.input(output / (OUTPUTS / rows.groups()), sample, position, row, 0);
                double sum = 0;
                for (int tap = 0; tap < taps; tap++) {
                    sum += row[tap] * Float.intBitsToFloat((int) weight.bitsAt((long) output * taps + tap));
                }
                assertThat(sum)
                        .isCloseTo(
                                rows.response().values()[rows.response(sample, position, output)], Offset.offset(1e-4));
            }
        }
    }

    private static DenseTensor random(long seed, int first, int second, List<Integer> rest) {
        long[] dims = new long[rest.size() + 2];
        dims[0] = first;
        dims[1] = second;
        for (int i = 0; i < rest.size(); i++) {
            dims[i + 2] = rest.get(i);
        }
        DenseTensor tensor = DenseTensor.zeros(ElementType.F32, Shape.of(dims));
        Random random = new Random(seed);
        long[] bits = new long[(int) tensor.elementCount()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(random.nextFloat() - 0.5f);
        }
        DenseTensor filled = DenseTensor.ofBits(ElementType.F32, tensor.shape(), bits);
        tensor.data().copyFrom(filled.data());
        return tensor;
    }
}
