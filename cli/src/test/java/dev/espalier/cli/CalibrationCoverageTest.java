package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.run.calibrate.OutputError;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.run.data.ReadOptions;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Each kind of layer in a model of its own, whose output is what the layer gives: the error that is reported is that
/// of the file that was written, and never above that of the largest weights, fitted.
final class CalibrationCoverageTest {
    private static final int SAMPLES = 200;

    @TempDir
    private Path folder;

    private static float[] random(long seed, long count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[(int) count];
        double last = 0;
        for (int i = 0; i < values.length; i++) {
            // Neighbours that depend on each other, or there would be nothing to fit.
            last = 0.6 * last + random.nextDouble(-1, 1.2);
            values[i] = (float) last;
        }
        return values;
    }

    private static DenseTensor tensor(long seed, long... dims) {
        Shape shape = Shape.of(dims);
        return DenseTensor.of(shape, random(seed, shape.elementCount()));
    }

    private Path save(ModelBuilder model) throws Exception {
        return Files.write(folder.resolve("model.onnx"), model.toBytes());
    }

    private Path data(int... dims) throws Exception {
        float[] values = random(99, (long) SAMPLES * Arrays.stream(dims).reduce(1, (a, b) -> a * b));
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        String shape = "(" + SAMPLES + ", "
                + Arrays.stream(dims).mapToObj(String::valueOf).collect(Collectors.joining(", ")) + ")";
        return Npz.write(folder.resolve("data.npz"), "x", "<f4", shape, bytes.array());
    }

    private JsonNode run(String... args) {
        Cli.Result result = Cli.launch((Object[]) args);
        assertThat(result.exitCode()).as(result.errorOutput()).isZero();
        return JsonMapper.shared().readTree(result.output());
    }

    private Path file(String name) {
        return folder.resolve(name + ".onnx");
    }

    /// The error of the outputs of a file that was written.
    private double error(Path model, String name, Path data) throws Exception {
        try (Dataset samples = Dataset.open(data, ReadOptions.NONE)) {
            return OutputError.between(model, file(name), samples, FeedRequest.of(32), 1);
        }
    }

    /// What is said of the layers.
    private JsonNode prune(Path model, Path data, String method) {
        return pruned(model, data, method).get("layers");
    }

    /// Prunes to a file of the method's name.
    private JsonNode pruned(Path model, Path data, String method) {
        String to = file(method).toString();
        return run(
                "prune",
                model.toString(),
                "-s",
                "0.6",
                "--json",
                "--calibration",
                data.toString(),
                "--method",
                method,
                "-o",
                to);
    }

    /// As `plain`.
    private void pruneByMagnitude(Path model) {
        run(
                "prune",
                model.toString(),
                "-s",
                "0.6",
                "--json",
                "-o",
                file("plain").toString());
    }

    /// @param zeros how many there are to be
    private void assertCovered(Path model, Path data, int zeros) throws Exception {
        String from = model.toString();
        String samples = data.toString();
        pruneByMagnitude(model);
        run(
                "prune",
                file("plain").toString(),
                "--recover",
                "ridge",
                "--reference",
                from,
                "--calibration",
                samples,
                "--json",
                "-o",
                file("recovered").toString());
        double recovered = error(model, "recovered", data);
        assertThat(recovered).isLessThan(error(model, "plain", data));
        for (String method : List.of("admm", "obc", "sparsegpt", "wanda")) {
            JsonNode layer = prune(model, data, method).get(0);
            assertThat(layer.get("method").stringValue()).as(layer.toString()).isEqualTo(method);
            assertThat(layer.get("zeros").intValue()).isEqualTo(zeros);
            assertThat(Cli.launch("verify-sparsity", file(method)).exitCode()).isZero();
            double fitted = error(model, method, data);
            assertThat(fitted)
                    .as(method)
                    .isCloseTo(layer.get("fittedError").doubleValue(), Percentage.withPercentage(0.5));
            if (method.equals("admm") || method.equals("obc")) {
                assertThat(fitted).as(method).isLessThan(recovered * 1.001);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void coversGroupedConvolutions(int groups) throws Exception {
        Path model = save(ModelBuilder.opset(17)
                .input("x", ElementType.F32, "n", 8, 6, 5)
                .initializer("w", tensor(1, 16, 8 / groups, 3, 3))
                .initializer("b", tensor(2, 16))
                .node("Conv", List.of("x", "w", "b"), List.of("y"), "group", groups, "pads", List.of(1, 1, 1, 1))
                .output("y", ElementType.F32));
        assertCovered(model, data(8, 6, 5), Math.round(0.6f * 16 * 8 / groups * 9));
    }

    @Test
    void coversTokensOfWhichPositionsComeFirst() throws Exception {
        Path model = save(ModelBuilder.opset(17)
                .input("x", ElementType.F32, "n", 7, 12)
                .initializer("w", tensor(1, 12, 10))
                .initializer("b", tensor(2, 10))
                .node("Transpose", List.of("x"), List.of("t"), "perm", List.of(1, 0, 2))
                .node("MatMul", List.of("t", "w"), List.of("m"))
                .node("Add", List.of("m", "b"), List.of("y"))
                .output("y", ElementType.F32));
        assertCovered(model, data(7, 12), 72);
    }

    private static DenseTensor half(DenseTensor tensor) {
        long[] bits = new long[(int) tensor.elementCount()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToFloat16(Float.intBitsToFloat((int) tensor.bitsAt(i))) & 0xFFFF;
        }
        return DenseTensor.ofBits(ElementType.F16, tensor.shape(), bits);
    }

    @Test
    void coversHalfPrecision() throws Exception {
        Path model = save(ModelBuilder.opset(17)
                .input("x", ElementType.F16, "n", 6, 9)
                .initializer("w", half(tensor(1, 12, 3, 3)))
                .initializer("b", half(tensor(2, 12)))
                .node("Conv", List.of("x", "w", "b"), List.of("y"), "group", 2)
                .output("y", ElementType.F16));
        assertCovered(model, data(6, 9), Math.round(0.6f * 12 * 3 * 3));
        assertThat(OnnxReader.read(file("admm"))
                        .graph()
                        .value("w")
                        .orElseThrow()
                        .constant()
                        .orElseThrow()
                        .type())
                .isEqualTo(ElementType.F16);
    }

    @Test
    void coversHalfPrecisionProducts() throws Exception {
        Path model = save(ModelBuilder.opset(17)
                .input("x", ElementType.F16, "n", 16)
                .initializer("w", half(tensor(1, 16, 10)))
                .initializer("b", half(tensor(2, 10)))
                .node("Gemm", List.of("x", "w", "b"), List.of("y"))
                .output("y", ElementType.F16));
        assertCovered(model, data(16), 96);
    }

    private Path recurrent(String operator, int gates, int isLinear, List<String> inputs) throws Exception {
        ModelBuilder builder = ModelBuilder.opset(14)
                .input("x", ElementType.F32, "n", 7, 5)
                .initializer("w", tensor(1, 2, 8L * gates, 5))
                .initializer("r", tensor(2, 2, 8L * gates, 8))
                .initializer("b", tensor(3, 2, 16L * gates))
                .initializer("lengths", DenseTensor.ofBits(ElementType.I32, Shape.of(1), 7))
                .node("Transpose", List.of("x"), List.of("t"), "perm", List.of(1, 0, 2));
        List<Object> attributes = new ArrayList<>(List.of("hidden_size", 8, "direction", "bidirectional"));
        if (operator.equals("GRU")) {
            attributes.addAll(List.of("linear_before_reset", isLinear));
        }
        return save(builder.node(operator, inputs, List.of("y"), attributes.toArray())
                .output("y", ElementType.F32));
    }

    @ParameterizedTest
    @CsvSource({"RNN, 1, 0", "GRU, 3, 0", "GRU, 3, 1", "LSTM, 4, 0"})
    void coversRecurrentWeights(String operator, int gates, int isLinear) throws Exception {
        Path model = recurrent(operator, gates, isLinear, List.of("t", "w", "r", "b"));
        Path data = data(7, 5);
        pruneByMagnitude(model);
        double plain = error(model, "plain", data);
        for (String method : List.of("admm", "obc", "sparsegpt", "wanda")) {
            JsonNode layers = prune(model, data, method);
            assertThat(layers).hasSize(2);
            for (JsonNode layer : layers) {
                assertThat(layer.get("method").stringValue())
                        .as(layer.toString())
                        .isEqualTo(method);
                assertThat(layer.get("zeros").longValue())
                        .isEqualTo(Math.round(0.6 * layer.get("parameters").longValue()));
                assertThat(layer.get("fittedError").doubleValue())
                        .isLessThan(layer.get("maskedError").doubleValue());
            }
            assertThat(error(model, method, data)).as(method).isLessThan(plain);
        }
        // What is added to W's part and to R's are fitted one after the other, in one constant.
        float[] before = elements(model, "b");
        float[] after = elements(file("admm"), "b");
        for (int i = 0; i < before.length; i++) {
            assertThat(after[i]).as("addend " + i).isNotEqualTo(before[i]);
        }
    }

    private static float[] elements(Path model, String name) throws Exception {
        DenseTensor tensor = OnnxReader.read(model)
                .graph()
                .value(name)
                .orElseThrow()
                .constant()
                .orElseThrow()
                .decode();
        float[] elements = new float[(int) tensor.elementCount()];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = Float.intBitsToFloat((int) tensor.bitsAt(i));
        }
        return elements;
    }

    @Test
    void saysWhyRecurrentWeightsAreNotCovered() throws Exception {
        Path model = recurrent("LSTM", 4, 0, List.of("t", "w", "r", "b", "lengths"));
        Path one = Npz.write(folder.resolve("one.npz"), "x", "<f4", "(1, 7, 5)", new byte[140]);
        JsonNode report = pruned(model, one, "admm");
        assertThat(report.get("notes").toString()).contains("the sequences of LSTM have lengths of their own");
        for (JsonNode layer : report.get("layers")) {
            assertThat(layer.get("method").stringValue()).isEqualTo("magnitude");
        }
    }

    @Test
    void coversWhatOperatorsShare() throws Exception {
        Path model = save(ModelBuilder.opset(17)
                .input("x", ElementType.F32, "n", 7, 12)
                .initializer("w", tensor(1, 12, 10))
                .node("Relu", List.of("x"), List.of("r"))
                .node("Neg", List.of("x"), List.of("s"))
                .node("Flatten", List.of("s"), List.of("f"), "axis", 2)
                .node("Identity", List.of("w"), List.of("same"))
                .node("Transpose", List.of("same"), List.of("turned"), "perm", List.of(1, 0))
                .node("MatMul", List.of("x", "w"), List.of("y1"))
                .node("MatMul", List.of("r", "same"), List.of("y2"))
                .node("Gemm", List.of("f", "turned"), List.of("y3"), "transB", 1)
                .output("y1", ElementType.F32)
                .output("y2", ElementType.F32)
                .output("y3", ElementType.F32));
        assertCovered(model, data(7, 12), 72);
    }

    @Test
    void coversWhatOperatorsShareOneAfterTheOther() throws Exception {
        Path model = save(ModelBuilder.opset(17)
                .input("x", ElementType.F32, "n", 9)
                .initializer("w", tensor(1, 9, 9))
                .initializer("b", tensor(2, 9))
                .initializer("v", tensor(3, 9, 4))
                .node("Gemm", List.of("x", "w", "b"), List.of("h"))
                .node("Tanh", List.of("h"), List.of("t"))
                .node("Gemm", List.of("t", "w"), List.of("g"))
                .node("Tanh", List.of("g"), List.of("u"))
                .node("MatMul", List.of("u", "v"), List.of("y"))
                .output("y", ElementType.F32));
        Path data = data(9);
        pruneByMagnitude(model);
        Path curves = folder.resolve("curves.json");
        for (List<String> more : List.of(List.<String>of(), List.of("--curves", curves.toString()))) {
            List<String> args = new ArrayList<>(List.of("prune", model.toString(), "-s", "0.6", "--json", "--force"));
            args.addAll(List.of(
                    "--calibration", data.toString(), "-o", file("pruned").toString()));
            args.addAll(more);
            JsonNode layers = run(args.toArray(new String[0])).get("layers");
            assertThat(layers).hasSize(2);
            for (JsonNode layer : layers) {
                assertThat(layer.get("method").stringValue())
                        .as(layer.toString())
                        .isEqualTo("admm");
                assertThat(layer.get("fittedError").doubleValue())
                        .isLessThan(layer.get("maskedError").doubleValue());
            }
            assertThat(error(model, "pruned", data)).isLessThan(error(model, "plain", data));
        }
        assertThat(curves).content().contains("\"w\"", "\"v\"");
    }

    @Test
    void coversFusedAttention() throws Exception {
        Path model = save(ModelBuilder.opset(17)
                .opset("com.microsoft", 1)
                .input("x", ElementType.F32, "n", 7, 12)
                .initializer("w", tensor(1, 12, 36))
                .initializer("b", tensor(2, 36))
                .node("com.microsoft", "Attention", List.of("x", "w", "b"), List.of("y"), "num_heads", 2)
                .output("y", ElementType.F32));
        Path data = data(7, 12);
        pruneByMagnitude(model);
        for (String method : List.of("admm", "obc", "sparsegpt", "wanda")) {
            JsonNode layer = prune(model, data, method).get(0);
            assertThat(layer.get("method").stringValue()).as(layer.toString()).isEqualTo(method);
            assertThat(layer.get("fittedError").doubleValue())
                    .isLessThan(layer.get("maskedError").doubleValue());
            assertThat(error(model, method, data)).as(method).isLessThan(error(model, "plain", data));
        }
    }

    /// Heads with weights of their own, and inputs that are the same for all of them.
    @ParameterizedTest
    @CsvSource({"4, 7, 12", "1, 7, 12"})
    void coversAMatrixForEachHead(int heads, int tokens, int width) throws Exception {
        Path model = save(ModelBuilder.opset(17)
                .input("x", ElementType.F32, "n", heads, tokens, width)
                .initializer("w", tensor(1, 4, width, 5))
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .output("y", ElementType.F32));
        assertCovered(model, data(heads, tokens, width), 4 * width * 5 * 6 / 10);
    }

    @Test
    void coversAMatrixWithAnAxisOfOne() throws Exception {
        Path model = save(ModelBuilder.opset(17)
                .input("x", ElementType.F32, "n", 7, 12)
                .initializer("w", tensor(1, 1, 12, 5))
                .initializer("b", tensor(2, 5))
                .node("MatMul", List.of("x", "w"), List.of("m"))
                .node("Add", List.of("m", "b"), List.of("y"))
                .output("y", ElementType.F32));
        assertCovered(model, data(7, 12), 36);
    }
}
