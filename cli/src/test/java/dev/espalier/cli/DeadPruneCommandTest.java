package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.TestModels;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeadPruneCommandTest {
    private static final Path RESNET = TestModels.inRepository("samples/digits_resnet.onnx");

    @TempDir
    private Path folder;

    /// The sample with half of the filters of one layer set to zero.
    private Path zeroed() throws IOException {
        Model model = OnnxReader.read(RESNET);
        Value weight = model.graph().value("layer1.conv1.weight").orElseThrow();
        DenseTensor dense = weight.constant().orElseThrow().decode();
        long[] bits = new long[(int) dense.elementCount()];
        dense.readBits(0, bits.length / 2, bits);
        GraphPatch.labelled("zero")
                .replaceConstant(weight, Constant.of(DenseTensor.ofBits(dense.type(), dense.shape(), bits)))
                .apply();
        Path file = folder.resolve("zeroed.onnx");
        OnnxWriter.write(model, file);
        return file;
    }

    @Test
    void removesWhatIsZeroAndComparesWithTheOriginal() throws IOException {
        Path out = folder.resolve("out.onnx");
        Cli.Result result = Cli.launch("prune", "--dead", zeroed(), "-o", out);
        assertThat(result.errorOutput()).isEmpty();
        assertThat(result.exitCode()).isZero();
        assertThat(result.output())
                .contains("of 192 channels go")
                .contains("equal to the original in ONNX Runtime")
                .doesNotContain("cannot go");
        assertThat(Files.size(out)).isLessThan(Files.size(RESNET));
        assertThat(Cli.launch("verify-sparsity", out).exitCode()).isZero();
    }

    @Test
    void saysSoAndExitsWithOneWhenNoChannelIsDead() {
        Path out = folder.resolve("out.onnx");
        Cli.Result result = Cli.launch("prune", RESNET, "--dead", "-o", out);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).contains("no channel is dead").contains("nothing was written");
        assertThat(Files.exists(out)).isFalse();
    }

    @Test
    void needsAModelThatRuns() {
        Path file = TestModels.shared("refuse/custom_ops.onnx");
        Cli.Result result = Cli.launch("prune", "--dead", file, "--dry-run");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.errorOutput()).contains("ONNX Runtime cannot run it");
    }
}
