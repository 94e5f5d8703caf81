package dev.espalier.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.TestModels;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.channels.ChannelPlan;
import dev.espalier.pruning.channels.ChannelPlanner;
import dev.espalier.pruning.channels.ChannelRequest;
import dev.espalier.pruning.channels.ChannelStructure;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A pruned model computes what the original does with the same channels masked where they are read.
final class ChannelPruningTest {
    @TempDir
    private Path folder;

    private Path write(Path file, String share, boolean asMask) throws IOException {
        ChannelStructure structure = ChannelStructure.of(OnnxReader.read(file), new OrtShapeProbe(file));
        ChannelPlan plan = ChannelPlanner.plan(structure, ChannelRequest.of(Sparsity.parse(share)));
        if (asMask) {
            plan.applyAsMask();
        } else {
            plan.apply();
        }
        Path out = folder.resolve(asMask ? "masked.onnx" : "pruned.onnx");
        OnnxWriter.write(plan.model(), out);
        assertThat(plan.removedChannels()).isPositive();
        return out;
    }

    @Test
    void residualNetworkEqualsItsMaskedTwin() throws IOException, ModelRunException {
        Path file = TestModels.inRepository("samples/digits_resnet.onnx");
        Path pruned = write(file, "0.5", false);
        Path masked = write(file, "0.5", true);
        Difference difference =
                Difference.between(pruned, masked, OnnxReader.read(file).graph(), 3);
        assertThat(difference.relative()).isLessThan(1e-5);
        assertThat(difference.elements()).isPositive();
        assertThat(pruned.toFile().length()).isLessThan(file.toFile().length() / 3);
    }
}
