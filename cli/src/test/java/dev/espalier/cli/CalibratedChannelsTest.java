package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class CalibratedChannelsTest {
    private static final Path MODEL = TestModels.inRepository("samples/digits_resnet.onnx");
    private static final Path DATA = TestModels.inRepository("samples/digits8x8.npz");

    @TempDir
    private Path folder;

    private Cli.Result prune(Path out, Object... more) {
        List<Object> args = new ArrayList<>(List.of("prune", MODEL, "--pattern", "channels", "-s", "0.75", "-o", out));
        args.addAll(List.of("--round-to", "1", "--json"));
        args.addAll(List.of(more));
        return Cli.launch(args.toArray());
    }

    private JsonNode fitted(Path out, Object... more) {
        List<Object> args = new ArrayList<>(List.of("--calibration", DATA, "--preprocess", "scale=1/16"));
        args.addAll(List.of("--samples", "100"));
        args.addAll(List.of(more));
        Cli.Result result = prune(out, args.toArray());
        assertThat(result.exitCode()).as(result.errorOutput()).isZero();
        return JsonMapper.shared().readTree(result.output());
    }

    private static double accuracy(Path model) {
        Cli.Result result = Cli.launch("accuracy", model, "--data", DATA, "--preprocess", "scale=1/16", "--json");
        JsonNode json = JsonMapper.shared().readTree(result.output());
        return json.get("figures").get(0).get("value").doubleValue();
    }

    @Test
    void fitsWhatReadsTheChannelsThatStay() {
        Path out = folder.resolve("fitted.onnx");
        Path plain = folder.resolve("plain.onnx");
        JsonNode report = fitted(out, "--keep-residual");
        assertThat(prune(plain, "--keep-residual").exitCode()).isZero();
        assertThat(report.get("check").get("outputs").intValue()).isOne();
        assertThat(report.get("removed").longValue()).isEqualTo(72);
        for (JsonNode layer : report.get("fitted")) {
            // Before a ReLU, errors that it does not let through may become larger.
            assertThat(layer.get("errorAfter").doubleValue())
                    .as(layer.toString())
                    .isLessThanOrEqualTo(1.01 * layer.get("errorBefore").doubleValue() + 1e-6);
        }
        assertThat(accuracy(out)).isGreaterThan(accuracy(plain));
        assertThat(Cli.launch("verify-sparsity", out, "--no-run").exitCode()).isZero();
    }

    @Test
    void goesOnAfterAnInterruptionToTheSameBytes() throws IOException {
        Path whole = folder.resolve("whole.onnx");
        Path resumed = folder.resolve("resumed.onnx");
        Object[] steps = {"--schedule", "linear", "--steps", "2", "--snapshots", folder.resolve("steps")};
        fitted(whole, steps);
        assertThat(Files.exists(folder.resolve("steps/step-001.onnx"))).isTrue();
        fitted(resumed, steps);
        assertThat(resumed).hasSameBinaryContentAs(whole);
    }

    @Test
    void wantsSamplesForMethodsThatLookAtThem() {
        Cli.Result result = prune(folder.resolve("out.onnx"), "--method", "obs");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errorOutput()).contains("--method obs looks at what layers read");
    }
}
