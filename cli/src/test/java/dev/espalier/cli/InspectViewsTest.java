package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.TestModels;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class InspectViewsTest {
    private static final Path RESNET = TestModels.inRepository("samples/digits_resnet.onnx");

    @TempDir
    private Path folder = Path.of("");

    /// A [4, 4] MatMul weight whose second input and third and fourth outputs are empty, and a quantized [2, 2].
    private Path small() throws IOException {
        Path file = folder.resolve("small.onnx");
        Files.write(
                file,
                ModelBuilder.opset(17)
                        .input("x", ElementType.F32, "N", 4)
                        .output("y", ElementType.F32, "N", 4)
                        .initializer(
                                "w",
                                DenseTensor.of(Shape.of(4, 4), 1, -2, 0, 0, 0, 0, 0, 0, 0.25f, 0, 0, 0, 4, 0, 0, 0))
                        .node("MatMul", List.of("x", "w"), List.of("y"))
                        .toBytes());
        return file;
    }

    /// What it prints below the facts about the file.
    private static String table(Cli.Result result) {
        assertThat(result.errorOutput()).isEmpty();
        assertThat(result.exitCode()).isZero();
        return result.output().substring(result.output().indexOf("\n\n") + 2);
    }

    @Test
    void histogramShowsAPowerOfTwoInEachBar() throws IOException {
        assertThat(table(Cli.launch("inspect", "--histogram", small()))).isEqualTo("""
                weight  parameters  zeros %  |w| in powers of 2   rms  largest
                w               16    75.00             █ ███    1.15        4

                the last bar is |w| from 4 up to 8, each other half of the next, the first all below 0.000244
                zeros are in no bar; the highest bar of each layer is full
                """);
    }

    @Test
    void curveGoesFromTheZerosThatThereAreToAll() throws IOException {
        assertThat(table(Cli.launch("inspect", "--curve", small()))).isEqualTo("""
                |w| below  zeros  sparsity %  energy lost %
                      0.2     12       75.00              0  ███████████████
                      0.5     13       81.25           0.30  ████████████████
                        1     13       81.25           0.30  ████████████████
                        2     14       87.50           5.04  ██████████████████
                        5     16         100            100  ████████████████████

                1 layers, 16 weights; nothing was changed
                """);
    }

    @Test
    void emptyCountsOutputsAndInputs() throws IOException {
        assertThat(table(Cli.launch("inspect", "--empty", small()))).isEqualTo("""
                node      operator  weight  shape  empty outputs  empty inputs
                MatMul_y  MatMul    w         4x4         2 of 4        1 of 4

                2 of 4 outputs and 1 of 4 inputs are all zero, in 1 of 1 layers
                """);
    }

    @Test
    void patternsAreOfGroupsAlongTheInputs() throws IOException {
        // The columns of w are [1 0 .25 4], [-2 0 0 0] and two of zeros.
        assertThat(table(Cli.launch("inspect", "--patterns", small()))).isEqualTo("""
                weight  zeros %    2:4  4:8    1:4    1x4    4x1  4x4  16x1
                w         75.00  75.00    -  75.00  50.00  25.00    0     -

                percent of groups that comply: of 2:4, at most 2 of every 4 along what the operator sums over
                are not zero; of a block (outputs x inputs), all are zero or none is: so do all without zeros
                - where it sums over 4, fewer than a group of 8
                - where its 4x4 are smaller than a block
                """);
    }

    @Test
    void patternsThatWerePrunedAreComplete() {
        Path pruned = folder.resolve("pruned.onnx");
        assertThat(Cli.launch("prune", RESNET, "--pattern", "2:4", "-s", "0.5", "-o", pruned)
                        .exitCode())
                .isZero();
        JsonNode json = JsonMapper.shared()
                .readTree(Cli.launch("inspect", "--patterns", "--json", pruned).output());
        for (JsonNode layer : json.get("layers")) {
            JsonNode twoOfFour = layer.get("patterns").get(0);
            assertThat(twoOfFour.get("pattern").stringValue()).isEqualTo("2:4");
            assertThat(twoOfFour.get("complying").longValue())
                    .isEqualTo(twoOfFour.get("groups").longValue());
        }
    }

    @Test
    void quantizedWeightsAreMeasuredInRealUnits() {
        Path file = TestModels.shared("modern/resnet8_qop.onnx");
        JsonNode json = JsonMapper.shared()
                .readTree(Cli.launch("inspect", "--histogram", "--json", file).output());
        assertThat(json.get("layers")).allSatisfy(layer -> {
            assertThat(layer.get("inSteps").booleanValue()).isFalse();
            assertThat(layer.get("largest").doubleValue()).isBetween(0.1, 2.0);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"--histogram", "--curve", "--empty", "--patterns"})
    void viewsFitATerminalAndAreTheSameForAnyNumberOfThreads(String view) {
        List<String> lines = Cli.launchOnTerminal(80, "inspect", view, RESNET)
                .output()
                .lines()
                .skip(3)
                .toList();
        assertThat(lines.stream()
                        .dropWhile(line -> !line.isEmpty())
                        .takeWhile(line -> !line.contains("percent") && !line.contains("the last"))
                        .collect(Collectors.toList()))
                .allMatch(line -> line.length() <= 80);
        assertThat(Cli.launch("inspect", view, "--json", "--threads", 1, RESNET).output())
                .isEqualTo(Cli.launch("inspect", view, "--json", "--threads", 4, RESNET)
                        .output());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--histogram", "--curve", "--empty", "--patterns"})
    void viewsShowEverySharedModel(String view) {
        for (Path file : TestModels.shared()) {
            Cli.Result result = Cli.launch("inspect", view, file);
            assertThat(result.errorOutput()).as(file.toString()).isEmpty();
            assertThat(result.exitCode()).as(file.toString()).isZero();
        }
    }

    @Test
    void oneViewAtATime() {
        Cli.Result two = Cli.launch("inspect", "--curve", "--empty", RESNET);
        assertThat(two.exitCode()).isEqualTo(2);
        assertThat(two.errorOutput()).contains("mutually exclusive");
        Cli.Result csv = Cli.launch("inspect", "--curve", "--csv", RESNET);
        assertThat(csv.exitCode()).isEqualTo(2);
        assertThat(csv.errorOutput()).contains("--csv goes with the table of sizes only");
    }
}
