package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.TestModels;
import dev.espalier.pruning.Weight;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.sparse.Mask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GradualPruneTest {
    private static final Path MODEL = TestModels.inRepository("samples/digits_mlp.onnx");
    private static final String[] WITH_SAMPLES = {
        "--calibration",
        TestModels.inRepository("samples/digits8x8.npz").toString(),
        "--preprocess",
        "scale=1/16",
        "--samples",
        "60"
    };

    @TempDir
    private Path folder;

    private Cli.Result prune(Path out, Object... more) {
        List<Object> args = new ArrayList<>(List.of("prune", MODEL, "-o", out));
        args.addAll(List.of(more));
        return Cli.launch(args.toArray());
    }

    private Path pruned(String name, Object... more) {
        Path out = folder.resolve(name);
        Cli.Result result = prune(out, more);
        assertThat(result.exitCode()).as(result.errorOutput()).isZero();
        return out;
    }

    /// As if it had been interrupted while it made the second step.
    @Test
    void goesOnAfterAnInterruptionToTheSameBytes() throws IOException {
        List<Object> steps = new ArrayList<>(List.of("-s", "0.9", "--schedule", "cubic", "--steps", "3"));
        steps.addAll(List.of(WITH_SAMPLES));
        Path whole = pruned("whole.onnx", steps.toArray());
        steps.addAll(List.of("--snapshots", folder.resolve("steps")));
        Path kept = pruned("kept.onnx", steps.toArray());
        assertThat(folder.resolve("steps"))
                .isDirectoryContaining("glob:**step-001.onnx")
                .isDirectoryContaining("glob:**step-002.onnx");
        Files.delete(folder.resolve("steps/step-002.onnx"));
        Path resumed = pruned("resumed.onnx", steps.toArray());
        assertThat(kept).hasSameBinaryContentAs(whole);
        assertThat(resumed).hasSameBinaryContentAs(whole);
    }

    @Test
    void goesOnFromWhatIsThere() throws IOException {
        Object[] steps = {"-s", "0.9", "--schedule", "1:50%,2:90%", "--snapshots", folder.resolve("steps")};
        Path first = pruned("first.onnx", steps);
        Path snapshot = folder.resolve("steps/step-001.onnx");
        Files.copy(
                pruned("other.onnx", "-s", "0.6", "--encoding", "dense"),
                snapshot,
                StandardCopyOption.REPLACE_EXISTING);
        long sixty = zeros(snapshot);
        assertThat(zeros(pruned("second.onnx", steps))).isEqualTo(zeros(first)).isGreaterThan(sixty);
    }

    private static long zeros(Path file) throws IOException {
        return WeightSearch.in(OnnxReader.read(file)).weights().stream()
                .mapToLong(weight -> Mask.ofNonZeros(weight.constant().decode(), weight.quantization())
                        .zeroCount())
                .sum();
    }

    @ParameterizedTest
    @ValueSource(strings = {"unstructured", "1:4", "block:4x1", "slices:inputs"})
    void zerosOnlyBecomeMore(String pattern) throws IOException {
        List<Object> args = new ArrayList<>(List.of("-s", "0.75", "--pattern", pattern, "--schedule", "linear"));
        args.addAll(List.of("--steps", 3, "--snapshots", folder.resolve("steps")));
        if (pattern.equals("unstructured")) {
            args.addAll(List.of(WITH_SAMPLES));
        }
        Path last = pruned("last.onnx", args.toArray());
        List<Path> models = List.of(folder.resolve("steps/step-001.onnx"), folder.resolve("steps/step-002.onnx"), last);
        for (int i = 1; i < models.size(); i++) {
            Model before = OnnxReader.read(models.get(i - 1));
            Model after = OnnxReader.read(models.get(i));
            assertThat(zeros(models.get(i))).isGreaterThan(zeros(models.get(i - 1)));
            for (Weight weight : WeightSearch.in(before).weights()) {
                Mask was = Mask.ofNonZeros(weight.constant().decode(), weight.quantization());
                Weight later = WeightSearch.in(after).weights().stream()
                        .filter(other -> other.name().equals(weight.name()))
                        .findFirst()
                        .orElseThrow();
                Mask is = Mask.ofNonZeros(later.constant().decode(), later.quantization());
                for (long at = is.nextKept(0); at >= 0; at = is.nextKept(at + 1)) {
                    assertThat(was.isKept(at)).isTrue();
                }
            }
        }
    }

    @Test
    void takesNoSnapshotsOfAnotherRun() {
        Path steps = folder.resolve("steps");
        pruned("one.onnx", "-s", "0.5", "--schedule", "linear", "--steps", "2", "--snapshots", steps);
        Cli.Result other = prune(
                folder.resolve("two.onnx"), "-s", "0.6", "--schedule", "linear", "--steps", "2", "--snapshots", steps);
        assertThat(other.exitCode()).isEqualTo(3);
        assertThat(other.errorOutput())
                .contains("of another model, other data or other options")
                .contains("run.txt");
    }

    @Test
    void saysWhatDoesNotGoTogether() {
        Path out = folder.resolve("out.onnx");
        assertThat(prune(out, "-s", "0.5", "--steps", "4").errorOutput()).contains("about the steps of a --schedule");
        assertThat(prune(out, "-s", "0.5", "--schedule", "1:20%,2:60%").errorOutput())
                .contains("the last milestone is 60 %");
        assertThat(prune(out, "-s", "0.5", "--schedule", "cubes").errorOutput()).contains("cubic");
        assertThat(out).doesNotExist();
    }
}
