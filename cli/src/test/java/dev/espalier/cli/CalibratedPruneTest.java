package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.TestModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The samples of the repository are small and easy; how much calibration keeps of real models is measured apart.
final class CalibratedPruneTest {
    private static final Path DATA = TestModels.inRepository("samples/digits8x8.npz");

    @TempDir
    private Path folder;

    private JsonNode prune(Path model, Path out, Object... more) {
        List<Object> args = new ArrayList<>(List.of("prune", model, "-s", "0.95", "--json", "--seed", 3, "-o", out));
        args.addAll(List.of(more));
        Cli.Result result = Cli.launch(args.toArray());
        assertThat(result.exitCode()).as(result.errorOutput()).isZero();
        assertThat(Cli.launch("verify-sparsity", out).exitCode()).isZero();
        return JsonMapper.shared().readTree(result.output());
    }

    @ParameterizedTest
    @ValueSource(strings = {"digits_resnet", "digits_mlp"})
    void keepsWhatLayersComputeNearerThanMagnitudeDoes(String name) {
        Path model = TestModels.inRepository("samples/" + name + ".onnx");
        Path fitted = folder.resolve("fitted.onnx");
        Path plain = folder.resolve("plain.onnx");
        JsonNode report = prune(model, fitted, "--calibration", DATA, "--preprocess", "scale=1/16", "--samples", "256");
        prune(model, plain);
        for (JsonNode layer : report.get("layers")) {
            assertThat(layer.get("fittedError").doubleValue())
                    .as(layer.toString())
                    .isLessThan(layer.get("maskedError").doubleValue());
        }
        assertThat(accuracy(fitted)).isGreaterThan(accuracy(plain));
    }

    private static double accuracy(Path model, Object... more) {
        Object[] args = {"accuracy", model, "--data", DATA, "--preprocess", "scale=1/16", "--json"};
        Cli.Result result =
                Cli.launch(Stream.concat(Stream.of(args), Stream.of(more)).toArray());
        JsonNode json = JsonMapper.shared().readTree(result.output());
        return json.get("figures").get(0).get("value").doubleValue();
    }

    @Test
    void givesTheSameBytesForAnyNumberOfThreads() {
        Path model = TestModels.inRepository("samples/digits_resnet.onnx");
        Path one = folder.resolve("one.onnx");
        Path two = folder.resolve("two.onnx");
        prune(model, one, "--calibration", DATA, "--preprocess", "scale=1/16", "--samples", "100", "--threads", "1");
        prune(model, two, "--calibration", DATA, "--preprocess", "scale=1/16", "--samples", "100", "--threads", "2");
        assertThat(one).hasSameBinaryContentAs(two);
    }

    @Test
    void usesOnlyTheRowsThatAreAskedFor() {
        Path model = TestModels.inRepository("samples/digits_mlp.onnx");
        Path zeros = folder.resolve("zeros.onnx");
        Path others = folder.resolve("others.onnx");
        Object[] data = {"--calibration", DATA, "--preprocess", "scale=1/16", "--where"};
        prune(model, zeros, Stream.concat(Stream.of(data), Stream.of("!labels")).toArray());
        prune(model, others, Stream.concat(Stream.of(data), Stream.of("labels")).toArray());
        assertThat(accuracy(zeros, "--where", "!labels")).isEqualTo(1);
        assertThat(accuracy(zeros, "--where", "labels")).isLessThan(accuracy(others, "--where", "labels") - 0.2);
        Cli.Result without = Cli.launch("prune", model, "-s", "0.5", "--dry-run", "--where", "labels");
        assertThat(without.exitCode()).isEqualTo(2);
        assertThat(without.errorOutput()).contains("--where are about the samples of --calibration");
    }

    @Test
    void dividesZerosByWhatLayersDoToTheOutput() throws Exception {
        Path model = TestModels.inRepository("samples/digits_resnet.onnx");
        Path curves = folder.resolve("curves.json");
        Path out = folder.resolve("out.onnx");
        Object[] data = {"--calibration", DATA, "--preprocess", "scale=1/16", "--samples", "256", "--curves", curves};
        JsonNode report = prune(model, out, data);
        long zeros = 0;
        long parameters = 0;
        Set<Double> shares = new HashSet<>();
        for (JsonNode layer : report.get("layers")) {
            zeros += layer.get("zeros").longValue();
            parameters += layer.get("parameters").longValue();
            shares.add(
                    layer.get("zeros").doubleValue() / layer.get("parameters").doubleValue());
        }
        assertThat(Math.abs(zeros - 0.95 * parameters))
                .isLessThan(report.get("layers").size());
        assertThat(shares).hasSizeGreaterThan(report.get("layers").size() / 2);
        byte[] written = Files.readAllBytes(curves);
        Cli.Result shown = Cli.launch("sensitivity", model, "--calibration", DATA, "--curves", curves, "--json");
        assertThat(shown.exitCode()).as(shown.errorOutput()).isZero();
        assertThat(JsonMapper.shared().readTree(shown.output()).get("layers"))
                .hasSize(report.get("layers").size());
        prune(model, folder.resolve("again.onnx"), data);
        assertThat(folder.resolve("again.onnx")).hasSameBinaryContentAs(out);
        assertThat(curves).hasBinaryContent(written);
        Cli.Result other = Cli.launch(
                "prune",
                TestModels.inRepository("samples/digits_mlp.onnx"),
                "-s",
                "0.5",
                "--dry-run",
                "--calibration",
                DATA,
                "--curves",
                curves);
        assertThat(other.exitCode()).isEqualTo(3);
        assertThat(other.errorOutput()).contains("another model");
    }

    @Test
    void doesNotDivideZerosTwice() {
        Cli.Result result = Cli.launch(
                "prune",
                TestModels.inRepository("samples/digits_mlp.onnx"),
                "-s",
                "0.5",
                "--scope",
                "global",
                "--dry-run",
                "--calibration",
                DATA,
                "--allocate",
                "auto");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errorOutput()).contains("so does --scope");
    }

    /// All layers of one size would keep as much; those with more weights that stand out keep more, and all together
    /// what was asked.
    @Test
    void dividesZerosByOutliers() {
        Path model = TestModels.inRepository("samples/digits_resnet.onnx");
        Cli.Result result = Cli.launch(
                "prune",
                model,
                "-s",
                "0.8",
                "--calibration",
                DATA,
                "--samples",
                256,
                "--allocate",
                "owl",
                "--dry-run",
                "--json");
        assertThat(result.exitCode()).as(result.errorOutput()).isZero();
        JsonNode report = JsonMapper.shared().readTree(result.output());
        assertThat(report.get("zeros").longValue()).isEqualTo(Math.round(0.8 * 76_704));
        Set<Long> shares = new HashSet<>();
        for (JsonNode layer : report.get("layers")) {
            double share =
                    layer.get("zeros").doubleValue() / layer.get("parameters").doubleValue();
            assertThat(share).isBetween(0.64, 0.9);
            shares.add(Math.round(100 * share));
        }
        assertThat(shares).hasSizeGreaterThan(3);
        Cli.Result scope =
                Cli.launch("prune", model, "-s", "0.8", "--calibration", DATA, "--allocate", "erk", "--dry-run");
        assertThat(scope.exitCode()).isEqualTo(2);
        assertThat(scope.errorOutput()).contains("there are uniform, auto and owl; erk is a --scope");
        Cli.Result curves = Cli.launch(
                "prune",
                model,
                "-s",
                "0.8",
                "--calibration",
                DATA,
                "--allocate",
                "owl",
                "--curves",
                "c.json",
                "--dry-run");
        assertThat(curves.exitCode()).isEqualTo(2);
        assertThat(curves.errorOutput()).contains("--curves is of --allocate auto");
    }

    @Test
    void saysWhichMethodsUseSamples() {
        Path model = TestModels.inRepository("samples/digits_mlp.onnx");
        Cli.Result without = Cli.launch("prune", model, "-s", "0.5", "--method", "admm", "--dry-run");
        assertThat(without.exitCode()).isEqualTo(2);
        assertThat(without.errorOutput()).contains("give some with --calibration DATA");
        Cli.Result with =
                Cli.launch("prune", model, "-s", "0.5", "--method", "random", "--dry-run", "--calibration", DATA);
        assertThat(with.exitCode()).isEqualTo(2);
        assertThat(with.errorOutput()).contains("--method random makes no use of samples");
    }
}
