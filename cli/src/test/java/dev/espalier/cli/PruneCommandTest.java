package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.TestModels;
import dev.espalier.pruning.Weight;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.sparse.Quantization;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class PruneCommandTest {
    private static final Path MLP = TestModels.inRepository("samples/digits_mlp.onnx");

    @TempDir
    private Path folder;

    @Test
    void prunesAndReports() {
        Path out = folder.resolve("pruned.onnx");
        Cli.Result result = Cli.launch("prune", MLP, "-s", "90%", "-o", out);
        assertThat(result.errorOutput()).isEmpty();
        assertThat(result.exitCode()).isZero();
        assertThat(result.output().replace(MLP.toString(), "digits_mlp.onnx").replace(out.toString(), "pruned.onnx"))
                .isEqualTo("""
                node         operator  weight       parameters  requested %  achieved %  before %  stored
                /fc1/MatMul  MatMul    fc1.weight       20 480        90.00       90.00         0  gap
                /fc2/MatMul  MatMul    fc2.weight       81 920        90.00       90.00         0  gap
                /head/Gemm   Gemm      head.weight       2 560        90.00       90.00         0  coo

                94 464 of 104 960 weights are zero (90.00 %) in 3 layers
                left alone: 5 tensors (2 read by Add, 2 normalization (LayerNormalization), 1 bias of Gemm)
                digits_mlp.onnx  425.8 kB
                pruned.onnx  60.8 kB (14.27 %)
                """);
        assertThat(Cli.launch("verify-sparsity", out).exitCode()).isZero();
    }

    @Test
    void writesNothingInADryRun() throws IOException {
        Cli.Result result = Cli.launch("prune", MLP, "-s", "0.5", "--dry-run", "-o", folder.resolve("out.onnx"));
        assertThat(result.exitCode()).isZero();
        assertThat(result.output()).contains("dry run: nothing was written");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void printsJson() {
        Path out = folder.resolve("pruned.onnx");
        Cli.Result result = Cli.launch("prune", MLP, "-s", "0.5", "--scope", "global", "-o", out, "--json");
        JsonNode json = JsonMapper.shared().readTree(result.output());
        assertThat(json.get("schemaVersion").intValue()).isEqualTo(1);
        assertThat(json.get("zeros").longValue()).isEqualTo(52_480);
        assertThat(json.get("bytesAfter").longValue()).isEqualTo(out.toFile().length());
        assertThat(json.get("layers").get(0).get("requested").isNull()).isTrue();
    }

    @Test
    void givesLayersSparsitiesOfTheirOwn() {
        Cli.Result result =
                Cli.launch("prune", MLP, "-s", "0.5", "--layer", "fc1*=0.25", "--layer", "/head/*=0", "--dry-run");
        assertThat(result.output()).contains("25.00       25.00").contains("0.00           0");
    }

    @Test
    void prunesInPatternsThatVerify() {
        Path out = folder.resolve("pruned.onnx");
        Cli.Result result = Cli.launch(
                "prune", MLP, "--pattern", "2:4", "--layer", "fc1*=block:4x1", "--layer", "/head/*=1:4", "-o", out);
        assertThat(result.errorOutput()).isEmpty();
        assertThat(result.output())
                .contains("block:4x1        50.00       50.00")
                .contains("1:4              75.00       75.00");
        assertThat(Cli.launch("verify-sparsity", out).output())
                .contains("patterns              yes    3 tensors follow theirs");
        Path again = folder.resolve("again.onnx");
        Cli.launch("export", out, "--encoding", "coo", "-o", again);
        assertThat(Cli.launch("verify-sparsity", again).output()).contains("3 tensors follow theirs");
    }

    @Test
    void refusesASparsityThatThePatternHasNot() {
        assertThat(Cli.launch("prune", MLP, "--pattern", "2:4", "-s", "0.9", "--dry-run"))
                .isEqualTo(new Cli.Result(2, "", """
                        error: a sparsity of 90 % does not go with 2:4, which is 50 %: leave the sparsity out, or choose another pattern
                          hint: see `espalier prune --help`
                        """));
        assertThat(Cli.launch("prune", MLP, "--pattern", "4:2", "--dry-run")).isEqualTo(new Cli.Result(2, "", """
                        error: Invalid value for option '--pattern': KEEP:GROUP keeps KEEP of every GROUP weights, from 1 to GROUP - 1, of at most 4096; not 4:2
                          hint: see `espalier prune --help`
                        """));
        for (String pattern : List.of("block:999x999", "slices:2")) {
            Cli.Result result = Cli.launch("prune", MLP, "--pattern", pattern, "-s", "0.5", "--dry-run");
            assertThat(result.exitCode()).isEqualTo(3);
            assertThat(result.errorOutput()).contains("no weight can follow " + pattern + ", for instance");
        }
        assertThat(Cli.launch("prune", MLP, "--pattern", "block:4x1", "--dry-run")
                        .errorOutput())
                .startsWith("error: no sparsity is asked for: say -s SHARE");
        assertThat(Cli.launch("prune", MLP, "--pattern", "2:4", "-s", "50%", "--dry-run")
                        .exitCode())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "layer,auto",
        "layer,dense",
        "layer,coo",
        "layer,gap",
        "layer,bitmap",
        "global,auto",
        "global,dense",
        "global,coo"
    })
    void prunesEverySharedModelToTheExactCount(String scope, String encoding) throws IOException {
        Path out = folder.resolve("pruned.onnx");
        for (Path file : TestModels.shared()) {
            List<Weight> before = WeightSearch.in(OnnxReader.read(file)).weights();
            Cli.Result result =
                    Cli.launch("prune", file, "-s", "0.5", "--scope", scope, "--encoding", encoding, "-o", out);
            if (before.isEmpty()) {
                assertThat(result.exitCode()).as(file.toString()).isEqualTo(3);
                assertThat(result.errorOutput()).contains("this model has no weights to prune");
                continue;
            }
            assertThat(result.errorOutput()).as(file.toString()).isEmpty();
            assertThat(result.exitCode()).as(file.toString()).isZero();
            Model pruned = OnnxReader.read(out);
            if (scope.equals("layer")) {
                hasHalfItsWeightsZero(file, before, WeightSearch.in(pruned).weights());
            }
            boolean isLarger = Files.size(out) > Files.size(file) + manifestBytes(pruned);
            assertThat(isLarger && List.of("auto", "dense").contains(encoding))
                    .as(file.toString())
                    .isFalse();
        }
    }

    private static long manifestBytes(Model model) {
        return model.metadata("espalier.sparsity").orElseThrow().length() + 64L;
    }

    private static void hasHalfItsWeightsZero(Path file, List<Weight> before, List<Weight> after) {
        assertThat(after)
                .extracting(Weight::name)
                .isEqualTo(before.stream().map(Weight::name).toList());
        for (int i = 0; i < before.size(); i++) {
            long half = BigDecimal.valueOf(before.get(i).elementCount())
                    .divide(BigDecimal.TWO)
                    .setScale(0, RoundingMode.HALF_EVEN)
                    .longValueExact();
            assertThat(after.get(i).zeroCount())
                    .as(file + " " + before.get(i).name())
                    .isEqualTo(Math.max(half, before.get(i).zeroCount()));
        }
    }

    @Test
    void dropsInitializerInputsWhenTold() {
        Path file = TestModels.shared("classify/mnist8.onnx");
        Path out = folder.resolve("pruned.onnx");
        Cli.Result kept = Cli.launch("prune", file, "-s", "0.9", "-o", out);
        assertThat(kept.output()).contains("it is also a graph input");
        Cli.Result dropped = Cli.launch("prune", file, "-s", "0.9", "-o", out, "--drop-initializer-inputs");
        assertThat(dropped.output()).doesNotContain("it is also a graph input").contains("IR version raised");
        assertThat(Cli.launch("verify-sparsity", out).exitCode()).isZero();
    }

    @Test
    void keepsAModelThatIsQuantizedAtItsZeroPoint() throws IOException {
        Path out = folder.resolve("pruned.onnx");
        Cli.launch("prune", TestModels.shared("modern/resnet8_qop.onnx"), "-s", "0.5", "-o", out);
        List<Weight> weights = WeightSearch.in(OnnxReader.read(out)).weights();
        assertThat(weights).anyMatch(w -> !w.quantization().equals(Quantization.NONE));
        assertThat(weights).allMatch(w -> w.zeroCount() * 2 >= w.elementCount() - 1);
    }
}
