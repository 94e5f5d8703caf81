package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.TestModels;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class SensitivityCommandTest {
    private static final Path RESNET = TestModels.inRepository("samples/digits_resnet.onnx");

    @TempDir
    private Path folder = Path.of("");

    /// Two layers: of one all weights are equal, the other has one large one.
    private Path small() throws IOException {
        Path file = folder.resolve("small.onnx");
        Files.write(
                file,
                ModelBuilder.opset(17)
                        .input("x", ElementType.F32, "N", 2)
                        .output("z", ElementType.F32, "N", 2)
                        .initializer("strong", DenseTensor.of(Shape.of(2, 2), 1, -10, 0, 2))
                        .initializer("weak", DenseTensor.of(Shape.of(2, 2), 3, -3, 3, -3))
                        .node("MatMul", List.of("x", "strong"), List.of("y"))
                        .node("MatMul", List.of("y", "weak"), List.of("z"))
                        .toBytes());
        return file;
    }

    @Test
    void showsTheWeakestFirst() throws IOException {
        Cli.Result result = Cli.launch("sensitivity", small(), "--levels", "75,25,0.5");
        assertThat(result.errorOutput()).isEmpty();
        assertThat(result.exitCode()).isZero();
        assertThat(result.output()).isEqualTo("""
                energy lost, in percent, when the smallest weights of each layer go

                node      weight  parameters  zeros %  at 25 %  at 50 %  at 75 %
                MatMul_z  weak             4        0    25.00    50.00    75.00
                MatMul_y  strong           4    25.00        0     0.95     4.76

                2 layers, each at the same level, lose together: 6.38 % at 25 %, 13.48 % at 50 %, 22.70 % at 75 %
                """);
    }

    @Test
    void losesWhatPruningTakes() {
        Path pruned = folder.resolve("pruned.onnx");
        assertThat(Cli.launch("prune", RESNET, "-s", "0.7", "-o", pruned).exitCode())
                .isZero();
        JsonNode predicted = JsonMapper.shared()
                .readTree(Cli.launch("sensitivity", "--levels", "70", "--json", RESNET)
                        .output());
        JsonNode found = JsonMapper.shared()
                .readTree(Cli.launch("inspect", RESNET, "--diff", pruned, "--json")
                        .output());
        assertThat(1 - predicted.get("together").get(0).doubleValue())
                .isCloseTo(found.get("totals").get("energyKept").doubleValue(), within(1e-12));
        Map<String, Double> kept = new HashMap<>();
        found.get("layers")
                .forEach(layer -> kept.put(
                        layer.get("before").get("name").stringValue(),
                        layer.get("figures").get("energyKept").doubleValue()));
        assertThat(predicted.get("layers")).hasSize(kept.size());
        for (JsonNode layer : predicted.get("layers")) {
            assertThat(layer.get("losses").get(0).get("energyLost").doubleValue())
                    .isCloseTo(1 - kept.getOrDefault(layer.get("weight").stringValue(), 2.0), within(1e-12));
        }
    }

    @Test
    void drawsAHeatMap() throws IOException {
        Path page = folder.resolve("page.html");
        Cli.Result result = Cli.launch("sensitivity", small(), "--levels", "25,50", "--report", page);
        assertThat(result.exitCode()).isZero();
        String html = Files.readString(page);
        // The strong layer's zero goes first, for nothing; the weak one loses a half at most.
        assertThat(html).contains("<td class=\"n\">0</td>");
        assertThat(html)
                .contains(
                        "<td class=\"n\" style=\"background:color-mix(in srgb,var(--bad) 28%,var(--bg))\">50.00</td>");
    }

    @Test
    void drawsWhatSamplesSay() throws IOException {
        Path samples = TestModels.inRepository("samples/digits8x8.npz");
        Path page = folder.resolve("page.html");
        Path json = folder.resolve("figures.json");
        Path curves = folder.resolve("curves.json");
        for (Path report : List.of(page, json)) {
            Cli.Result result = Cli.launch(
                    "sensitivity",
                    RESNET,
                    "--calibration",
                    samples,
                    "--samples",
                    64,
                    "--curves",
                    curves,
                    "--report",
                    report);
            assertThat(result.errorOutput()).isEmpty();
            assertThat(result.exitCode()).isZero();
        }
        JsonNode layers = JsonMapper.shared().readTree(Files.readString(json)).get("layers");
        assertThat(layers).hasSize(7);
        String html = Files.readString(page);
        assertThat(html).contains("KL divergence of the softmax", "<th class=\"n\">98 %</th>");
        double most = 0;
        for (JsonNode layer : layers) {
            assertThat(html).contains("<td>" + layer.get("weight").stringValue() + "</td>");
            for (JsonNode divergence : layer.get("divergences")) {
                most = Math.max(most, divergence.doubleValue());
            }
        }
        assertThat(html).contains("55%,var(--bg))\">" + String.format(Locale.ROOT, "%.0e", most) + "</td>");
    }

    @Test
    void isTheSameForAnyNumberOfThreadsAndFitsATerminal() {
        assertThat(Cli.launch("sensitivity", "--json", "--threads", 1, RESNET).output())
                .isEqualTo(Cli.launch("sensitivity", "--json", "--threads", 4, RESNET)
                        .output());
        assertThat(Cli.launchOnTerminal(80, "sensitivity", RESNET)
                        .output()
                        .lines()
                        .limit(9))
                .allMatch(line -> line.length() <= 80);
    }

    @Test
    void refusesLevelsThatAreNone() {
        assertThat(Cli.launch("sensitivity", RESNET, "--levels", "50,many").exitCode())
                .isEqualTo(2);
        assertThat(Cli.launch("sensitivity", RESNET, "--levels", "150").errorOutput())
                .contains("between 0 and 1 (or 0% and 100%), not 150%");
    }

    @Test
    void refusesCurvesThatNameALayerTwice() throws IOException {
        Path samples = TestModels.inRepository("samples/digits8x8.npz");
        Path curves = folder.resolve("curves.json");
        Object[] args = {"sensitivity", RESNET, "--calibration", samples, "--samples", 64, "--curves", curves};
        assertThat(Cli.launch(args).exitCode()).isZero();
        String written = Files.readString(curves);
        Files.writeString(curves, written.replace("layer1.conv2.weight", "layer1.conv1.weight"));
        Cli.Result result = Cli.launch(args);
        assertThat(result.exitCode()).as(result.errorOutput()).isEqualTo(3);
        assertThat(result.errorOutput()).contains("this is no file of curves");
    }

    @Test
    void refusesWhatSamplesDoNotNeed() {
        Path samples = TestModels.inRepository("samples/digits8x8.npz");
        Cli.Result levels = Cli.launch("sensitivity", RESNET, "--calibration", samples, "--levels", "50");
        assertThat(levels.exitCode()).isEqualTo(2);
        assertThat(levels.errorOutput()).contains("--levels are of the energy that is lost");
        Cli.Result allocate = Cli.launch("sensitivity", RESNET, "--calibration", samples, "--allocate", "owl");
        assertThat(allocate.exitCode()).isEqualTo(2);
        assertThat(allocate.errorOutput()).contains("sensitivity only shows what --allocate auto of prune goes by");
    }

    @Test
    void readsEverySharedModel() {
        for (Path file : TestModels.shared()) {
            Cli.Result result = Cli.launch("sensitivity", "--json", file);
            assertThat(result.errorOutput()).as(file.toString()).isEmpty();
            for (JsonNode layer : JsonMapper.shared().readTree(result.output()).get("layers")) {
                double before = 0;
                for (JsonNode loss : layer.get("losses")) {
                    double lost = loss.get("energyLost").asDouble(0);
                    assertThat(lost).as(file + " " + layer.get("weight")).isBetween(before, 1.0);
                    before = lost;
                }
            }
        }
    }
}
