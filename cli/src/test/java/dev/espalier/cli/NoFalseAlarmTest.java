package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.TestModels;
import dev.espalier.pruning.WeightSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Nothing is found where nothing is wrong: in models as they are, and in pruned ones, through every save of ONNX
/// Runtime and at each of its levels.
///
/// With `-Despalier.sweep=all` the large models are looked at too, which takes minutes.
final class NoFalseAlarmTest {
    private static final long LARGEST = 500_000;
    private static final boolean IS_ALL = "all".equals(System.getProperty("espalier.sweep"));

    @TempDir
    private Path folder;

    static List<Path> models() throws IOException {
        List<Path> models = new ArrayList<>();
        for (Path file : Stream.concat(TestModels.samples().stream(), TestModels.sharedIfThere().stream())
                .toList()) {
            boolean isTaken = IS_ALL || Files.size(file) <= LARGEST;
            if (isTaken && !WeightSearch.in(OnnxReader.read(file)).weights().isEmpty()) {
                models.add(file);
            }
        }
        return models;
    }

    @ParameterizedTest
    @MethodSource("models")
    void aModelHoldsAgainstItself(Path model) {
        Cli.Result result = Cli.launch("verify-sparsity", model, "--against", model, "--require", "static");
        assertThat(result.exitCode()).as(result.output() + result.errorOutput()).isZero();
    }

    @ParameterizedTest
    @MethodSource("models")
    void aPrunedModelIsAsPromisedAndSurvives(Path model) throws IOException {
        // Of coo tensors in branches the runtime loses the data when it saves, which has to be found.
        Model original = OnnxReader.read(model);
        boolean hasBranches =
                original.allGraphs().size() > 1 + original.functions().size();
        Path pruned = folder.resolve("pruned.onnx");
        Cli.Result prune =
                Cli.launch("prune", model, "-s", "0.8", "--encoding", hasBranches ? "gap" : "auto", "-o", pruned);
        assertThat(prune.exitCode()).as(prune.errorOutput()).isZero();
        JsonNode verdict = JsonMapper.shared()
                .readTree(Cli.launch("verify-sparsity", pruned, "--require", "equal", "--json")
                        .output());
        assertThat(verdict.get("findings")).as(verdict.toPrettyString()).isEmpty();
        for (JsonNode row : verdict.get("survival")) {
            assertThat(row.get("revived").intValue() + row.get("lost").intValue())
                    .as(row.toString())
                    .isZero();
        }
    }
}
