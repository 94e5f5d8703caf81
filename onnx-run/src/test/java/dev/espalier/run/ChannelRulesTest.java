package dev.espalier.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.TestModels;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.channels.ChannelGroupInfo;
import dev.espalier.pruning.channels.ChannelOptions;
import dev.espalier.pruning.channels.ChannelPlan;
import dev.espalier.pruning.channels.ChannelPlanner;
import dev.espalier.pruning.channels.ChannelRequest;
import dev.espalier.pruning.channels.ChannelStructure;
import dev.espalier.pruning.channels.ChannelWhy;
import dev.espalier.pruning.channels.PartitionText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// In each of [ChannelGraphs] exactly the right channels can go, each alone and half of them together. Which these are
/// is in `channels/partitions.txt`, in the words of [PartitionText]; `-Despalier.partitions=write` writes it, to be
/// read
/// before it is committed.
final class ChannelRulesTest {
    @TempDir
    private Path folder;

    static List<Net> graphs() {
        return ChannelGraphs.all();
    }

    private static void equalsItsTwin(
            Path file, OrtShapeProbe probe, ChannelOptions options, Function<ChannelStructure, ChannelPlan> planner)
            throws IOException, ModelRunException {
        ChannelPlan plan = planner.apply(ChannelStructure.of(OnnxReader.read(file), probe, options));
        ChannelPlan twin = plan.on(ChannelStructure.of(OnnxReader.read(file), probe, options));
        Set<String> cut = plan.cutValues();
        plan.apply();
        twin.applyAsMask();
        Difference difference = ChannelProof.between(plan.model(), twin.model(), cut, 3);
        assertThat(difference.isRounding()).as(difference.toString()).isTrue();
    }

    @Test
    void partitionsAreThoseThatWereReviewed() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Net net : graphs()) {
            Path file = folder.resolve("model.onnx");
            Files.write(file, net.builder().toBytes());
            text.append("# ").append(net).append('\n');
            text.append(PartitionText.of(
                    ChannelStructure.of(OnnxReader.read(file), new OrtShapeProbe(file), net.options())));
            text.append('\n');
        }
        Path golden = TestModels.inRepository("onnx-run/src/test/resources/channels/partitions.txt");
        if (System.getProperty("espalier.partitions", "").equals("write")) {
            Files.writeString(golden, text);
        }
        assertThat(golden).hasContent(text.toString());
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void findsTheChannelsAndRemovesThemExactly(Net net) throws IOException, ModelRunException {
        Path file = folder.resolve("model.onnx");
        Files.write(file, net.builder().toBytes());
        ChannelOptions options = net.options();
        OrtShapeProbe probe = new OrtShapeProbe(file);
        ChannelStructure structure = ChannelStructure.of(OnnxReader.read(file), probe, options);
        List<ChannelGroupInfo> groups = ChannelGroupInfo.of(structure);
        assertThat(probe.failure()).isEmpty();
        assertThat(groups.stream().mapToInt(ChannelGroupInfo::channels).sum()).isEqualTo(net.channels());
        assertThat(groups).hasSize(net.groups());
        net.frozen().forEach(frozen -> {
            ChannelWhy.AxisAnswer answer =
                    ChannelWhy.of(structure, frozen.tensor()).axes().get(frozen.axis());
            assertThat(answer.removable()).as(frozen.toString()).isZero();
            assertThat(answer.reason()).contains(frozen.reason());
        });
        int number = 0;
        for (ChannelGroupInfo group : groups) {
            for (int i = 0; i < group.channels(); i++, number++) {
                int one = number;
                if (group.channels() > 1) {
                    equalsItsTwin(file, probe, options, each -> ChannelPlan.ofOne(each, one));
                }
            }
        }
        equalsItsTwin(
                file, probe, options, each -> ChannelPlanner.plan(each, ChannelRequest.of(Sparsity.parse("0.5"))));
    }
}
