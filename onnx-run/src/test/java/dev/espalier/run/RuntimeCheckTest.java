package dev.espalier.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.TestModels;
import dev.espalier.pruning.CheckResult;
import dev.espalier.pruning.EncodingChoice;
import dev.espalier.pruning.Evidence;
import dev.espalier.pruning.Progress;
import dev.espalier.pruning.PruneRequest;
import dev.espalier.pruning.Pruner;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.sparse.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RuntimeCheckTest {
    @TempDir
    private Path folder;

    private Path prune(Path file, String encoding) throws IOException {
        Model model = OnnxReader.read(file);
        PruneRequest request = PruneRequest.of(Sparsity.parse("0.8"), Scopes.LAYER);
        Pruner.apply(
                model, PruningPlan.of(WeightSearch.in(model), request), EncodingChoice.parse(encoding), Progress.NONE);
        Path out = folder.resolve("pruned.onnx");
        OnnxWriter.write(model, out);
        return out;
    }

    private static CheckResult check(Path file) throws IOException {
        Evidence evidence = Evidence.of(OnnxReader.read(file), Optional.of(Sparsity.parse("0")), Optional.empty());
        return RuntimeCheck.onRandomInputs(file, 0).check(evidence);
    }

    @Test
    void sparseSamplesEqualTheirDenseForm() throws IOException {
        for (Path sample : TestModels.samples()) {
            for (String encoding : List.of("coo", "gap", "bitmap", "auto")) {
                assertThat(check(prune(sample, encoding)))
                        .isEqualTo(new CheckResult.Passed(
                                "all 1 outputs equal those of the dense form at 4 optimization levels, bit for bit"));
            }
        }
    }

    @Test
    void denseFilesAreOnlyLoadedAndRun() throws IOException {
        assertThat(check(prune(TestModels.samples().getFirst(), "dense")))
                .isEqualTo(
                        new CheckResult.Passed("loads and runs; nothing is stored sparse, so there is no other form"));
    }

    @Test
    void sharedModelsEqualTheirDenseFormWhereTheRuntimeTakesThem() throws IOException {
        for (Path file : TestModels.shared()) {
            // The larger ones take long and show nothing else.
            boolean hasWeights =
                    !WeightSearch.in(OnnxReader.read(file)).weights().isEmpty();
            if (!hasWeights || Files.size(file) > 1_000_000) {
                continue;
            }
            CheckResult original = check(file);
            CheckResult pruned = check(prune(file, "auto"));
            if (original instanceof CheckResult.Passed) {
                assertThat(pruned).as(file.toString()).isInstanceOf(CheckResult.Passed.class);
            } else {
                assertThat(pruned).as(file.toString()).isInstanceOf(CheckResult.NotRun.class);
            }
        }
    }

    @Test
    void saysWhyTheRuntimeRefusesAModel() throws IOException {
        Path file = folder.resolve("custom.onnx");
        Files.write(
                file,
                ModelBuilder.opset(17)
                        .opset("my.domain", 1)
                        .input("x", ElementType.F32, 1)
                        .node("my.domain", "Frob", List.of("x"), List.of("y"))
                        .output("y", ElementType.F32, 1)
                        .toBytes());
        assertThat(check(file))
                .isInstanceOfSatisfying(
                        CheckResult.NotRun.class,
                        notRun -> assertThat(notRun.reason()).contains("Frob").doesNotContain("\n"));
    }
}
