package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.TestModels;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calibration data that say too little, or what cannot be.
final class CalibrationInputTest {
    private static final Path MODEL = TestModels.inRepository("samples/digits_mlp.onnx");
    private static final int PIXELS = 64;

    @TempDir
    private Path folder;

    private Path data(float[] pixels) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * pixels.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(pixels);
        String shape = "(" + pixels.length / PIXELS + ", 1, 8, 8)";
        return Npz.write(folder.resolve("data.npz"), "input", "<f4", shape, bytes.array());
    }

    private static float[] noise(int samples) {
        SplittableRandom random = new SplittableRandom(1);
        float[] pixels = new float[samples * PIXELS];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble();
        }
        return pixels;
    }

    private Cli.Result prune(Path data, Object... more) {
        List<Object> args = new ArrayList<>(List.of("prune", MODEL, "-s", "0.9", "--calibration", data));
        args.addAll(List.of("-o", folder.resolve("pruned.onnx"), "--force"));
        args.addAll(List.of(more));
        return Cli.launch(args.toArray());
    }

    private List<String> notes(Path data) {
        Cli.Result result = prune(data, "--json");
        assertThat(result.exitCode()).as(result.errorOutput()).isZero();
        List<String> notes = new ArrayList<>();
        JsonMapper.shared().readTree(result.output()).get("notes").forEach(note -> notes.add(note.stringValue()));
        return notes;
    }

    private void assertRefused(Cli.Result result, String... words) {
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.errorOutput()).contains(words);
        assertThat(folder.resolve("pruned.onnx")).doesNotExist();
    }

    @Test
    void namesTheLayerAndTheSampleThatIsNotANumber() throws IOException {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            float[] pixels = noise(40);
            pixels[17 * PIXELS + 9] = bad;
            assertRefused(prune(data(pixels)), "NaN or infinite", "node '/fc1/MatMul', sample 17 of");
        }
    }

    @Test
    void refusesSamplesOfAnotherShape() throws IOException {
        Path data = Npz.write(folder.resolve("wide.npz"), "input", "<f4", "(4, 1, 16, 4)", new byte[4 * 4 * PIXELS]);
        assertRefused(prune(data), "the model wants f32[N,1,8,8], the data has 'input' f32[4,1,16,4]");
    }

    @Test
    void refusesSamplesOfWhichNoneCanBeHeldBack() throws IOException {
        assertRefused(prune(data(noise(3))), "too few samples", "node '/fc1/MatMul'");
    }

    @Test
    void saysWhenThereAreFewerRowsThanInputs() throws IOException {
        assertThat(notes(data(noise(8)))).anyMatch(note -> note.contains("fewer rows than inputs"));
        assertThat(notes(data(noise(1000)))).noneMatch(note -> note.contains("fewer rows than inputs"));
    }

    @Test
    void saysWhenInputsNeverVary() throws IOException {
        float[] pixels = noise(1000);
        for (int i = 0; i < pixels.length; i += PIXELS) {
            pixels[i] = 0;
            pixels[i + 1] = 0.7f;
        }
        assertThat(notes(data(pixels))).anyMatch(note -> note.contains("inputs that are the same in all samples"));
        assertThat(notes(data(new float[1000 * PIXELS])))
                .anyMatch(note -> note.startsWith("the samples of 3 of 3 layers have inputs that are the same"));
    }

    @Test
    void stopsWhenNoRidgeHelps() throws IOException {
        float[] pixels = noise(100);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] *= 1e30f;
        }
        assertRefused(prune(data(pixels)), "node '/fc1/MatMul'", "with a ridge raised twice", "--exclude");
    }

    @Test
    void saysHowMuchMayBeKept() throws IOException {
        Cli.Result result = prune(data(noise(4000)), "--allocate", "auto", "--memory", "1");
        assertRefused(result, "the samples become more on their way than may be kept", "--memory");
    }

    /// 50,000 inputs have more second moments than an array of Java has elements.
    @Test
    void prunesALayerWithTooManyInputsByTheirNorms() throws IOException {
        int inputs = 50_000;
        SplittableRandom random = new SplittableRandom(2);
        float[] weights = new float[4 * inputs];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextDouble(-1, 1);
        }
        Path model = folder.resolve("wide.onnx");
        Files.write(
                model,
                ModelBuilder.opset(17)
                        .input("x", ElementType.F32, "N", inputs)
                        .output("y", ElementType.F32, "N", 4)
                        .initializer("w", DenseTensor.of(Shape.of(inputs, 4), weights))
                        .initializer("b", DenseTensor.of(Shape.of(4), 1, 2, 3, 4))
                        .node("Gemm", List.of("x", "w", "b"), List.of("y"))
                        .toBytes());
        Path samples = Npz.write(
                folder.resolve("wide.npz"), "x", "<f4", "(16, " + inputs + ")", new byte[16 * Float.BYTES * inputs]);
        for (String allocate : List.of("uniform", "auto", "owl")) {
            Cli.Result result = Cli.launch(
                    "prune",
                    model,
                    "-s",
                    "0.9",
                    "--calibration",
                    samples,
                    "--allocate",
                    allocate,
                    "--dry-run",
                    "--json");
            if (!allocate.equals("uniform")) {
                assertThat(result.exitCode()).isEqualTo(3);
                assertThat(result.errorOutput()).contains("no layer that is to be pruned was measured");
                continue;
            }
            assertThat(result.exitCode()).as(result.errorOutput()).isZero();
            JsonNode report = JsonMapper.shared().readTree(result.output());
            assertThat(report.get("zeros").longValue()).isEqualTo(180_000);
            assertThat(report.get("layers").get(0).get("method").stringValue()).isEqualTo("wanda");
            assertThat(report.get("notes").get(0).stringValue())
                    .startsWith("by wanda, 1 of 1 layers: the second moments of 50,001 inputs take ")
                    .endsWith(" more than there is, so that only its bias is fitted");
        }
    }
}
