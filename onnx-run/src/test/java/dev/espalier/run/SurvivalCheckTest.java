package dev.espalier.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.CheckResult;
import dev.espalier.pruning.EncodingChoice;
import dev.espalier.pruning.Evidence;
import dev.espalier.pruning.Exporter;
import dev.espalier.pruning.Finding;
import dev.espalier.pruning.Progress;
import dev.espalier.pruning.PruneRequest;
import dev.espalier.pruning.Pruner;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs({OS.LINUX, OS.MAC})
final class SurvivalCheckTest {
    @TempDir
    private Path folder;

    private Path write(Model model, String name) throws IOException {
        Path file = folder.resolve(name);
        OnnxWriter.write(model, file);
        return file;
    }

    /// `y = activation(MatMul(x, w))` with 40 of 80 elements pruned, or none.
    private static Model model(String domain, String activation, String sparsity) {
        float[] values = new float[80];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        Model model = ModelBuilder.opset(17)
                .opset("my.domain", 1)
                .input("x", ElementType.F32, "N", 8)
                .initializer("w", DenseTensor.of(Shape.of(8, 10), values))
                .node("MatMul", List.of("x", "w"), List.of("z"))
                .node(domain, activation, List.of("z"), List.of("y"))
                .output("y", ElementType.F32, "N", 10)
                .build();
        PruneRequest request = PruneRequest.of(Sparsity.parse(sparsity), Scopes.LAYER);
        Pruner.apply(model, PruningPlan.of(WeightSearch.in(model), request), EncodingChoice.AUTO, Progress.NONE);
        return model;
    }

    private static CheckResult check(Path file, String command) throws IOException {
        Resaver tool = Resaver.ofCommand(command, Duration.ofSeconds(60));
        Evidence evidence = Evidence.of(OnnxReader.read(file), Optional.of(Sparsity.parse("0")), Optional.empty());
        return new SurvivalCheck(file, List.of(tool)).check(evidence);
    }

    @Test
    void saysThatASavedFileDoesNotLoad() throws IOException {
        Path file = write(model("", "Relu", "0.5"), "pruned.onnx");
        Path other = write(model("my.domain", "Frob", "0.5"), "other.onnx");
        assertThat(check(file, "cp {in} {out}")).isInstanceOf(CheckResult.Passed.class);
        assertThat(check(file, "cp " + other + " {out}")).isInstanceOfSatisfying(CheckResult.Failed.class, failed -> {
            assertThat(failed.findings()).extracting(Finding::kind).containsExactly(Finding.Kind.NOT_LOADABLE);
            assertThat(failed.findings().getFirst().detail())
                    .contains("ONNX Runtime does not load it")
                    .contains("Frob");
        });
        // It is not the tool that made it so.
        assertThat(check(other, "cp {in} {out}")).isInstanceOf(CheckResult.Passed.class);
    }

    @Test
    void whatWasDenseMayStayDense() throws IOException {
        Model model = model("", "Relu", "0.5");
        Exporter.apply(model, EncodingChoice.parse("dense"), Progress.NONE);
        assertThat(check(write(model, "dense.onnx"), "cp {in} {out}")).isInstanceOf(CheckResult.Passed.class);
    }

    @Test
    void doesNotPassWhereThereIsNothingToFollow() throws IOException {
        Path file = write(model("", "Relu", "0"), "dense.onnx");
        assertThat(check(file, "cp {in} {out}"))
                .isEqualTo(new CheckResult.NotRun(
                        "no tensor has promised zeros or is stored sparse: there is nothing to follow"));
    }
}
