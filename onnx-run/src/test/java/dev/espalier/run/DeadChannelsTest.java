package dev.espalier.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.TestModels;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.channels.ChannelPlan;
import dev.espalier.pruning.channels.ChannelStructure;
import dev.espalier.pruning.channels.DeadChannels;
import dev.espalier.sparse.DenseTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Channels without which a model computes the same are found, and go.
final class DeadChannelsTest {
    @TempDir
    private Path folder;

    private static ChannelPlan plan(Model model) {
        ChannelStructure structure = ChannelStructure.of(model, OrtShapeProbe.ofValues(model));
        return DeadChannels.plan(
                DeadChannels.fold(structure) ? ChannelStructure.of(model, OrtShapeProbe.ofValues(model)) : structure);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "classify/resnet8_bn.onnx",
                "classify/resnet8_fused.onnx",
                "classify/mnist_bn.onnx",
                "classify/mnist_pytorch.onnx",
                "detect/yolox_nano.onnx",
                "modern/tv_densenet.script.onnx"
            })
    void removesFiltersThatWereSetToZero(String name) throws IOException, ModelRunException {
        Path file = TestModels.shared(name);
        Model zeroed = OnnxReader.read(file);
        int filters = setFiltersToZero(zeroed);
        Path zeroedFile = folder.resolve("zeroed.onnx");
        OnnxWriter.write(zeroed, zeroedFile);
        Model pruned = OnnxReader.read(zeroedFile);
        ChannelPlan plan = plan(pruned);
        plan.apply();
        Difference difference = ChannelProof.between(pruned, OnnxReader.read(zeroedFile), Set.of(), 3);
        assertThat(difference.relative()).isLessThan(1e-6);
        // Of each group that something with padding reads, one constant channel stays: a filter of each of its layers.
        assertThat(zeroFilters(pruned)).isLessThanOrEqualTo(filters * 9 / 100);
        assertThat(OnnxWriter.write(pruned, folder.resolve("pruned.onnx")).total())
                .isLessThan(Files.size(zeroedFile) * 9 / 10);
    }

    static List<Net> graphs() {
        return DeadGraphs.all();
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void removesWhatMakesNoDifference(Net net) throws IOException, ModelRunException {
        Path file = folder.resolve("model.onnx");
        Files.write(file, net.builder().toBytes());
        Model model = OnnxReader.read(file);
        ChannelPlan plan = plan(model);
        assertThat(plan.removedChannels()).isEqualTo(net.channels());
        assertThat(plan.groups()).isEqualTo(net.groups());
        plan.apply();
        assertThat(ChannelProof.between(model, OnnxReader.read(file), Set.of(), 3)
                        .relative())
                .isLessThan(1e-6);
    }

    private static boolean isFilter(Node node) {
        return node.isOperator("Conv") && node.input(1).flatMap(Value::constant).isPresent();
    }

    /// Sets every fourth filter of all convolutions to zero.
    private static int setFiltersToZero(Model model) {
        GraphPatch patch = GraphPatch.labelled("set filters to zero");
        for (Node node : model.graph().nodes()) {
            if (isFilter(node)) {
                Value weight = node.input(1).orElseThrow();
                DenseTensor dense = weight.constant().orElseThrow().decode();
                long[] bits = bits(dense);
                int perFilter = bits.length / (int) dense.shape().dim(0);
                for (int i = 0; i < bits.length; i++) {
                    bits[i] = i / perFilter % 4 == 1 ? 0 : bits[i];
                }
                patch.replaceConstant(weight, Constant.of(DenseTensor.ofBits(dense.type(), dense.shape(), bits)));
            }
        }
        patch.apply();
        return zeroFilters(model);
    }

    private static long[] bits(DenseTensor dense) {
        long[] bits = new long[(int) dense.elementCount()];
        dense.readBits(0, bits.length, bits);
        return bits;
    }

    private static int zeroFilters(Model model) {
        int count = 0;
        for (Node node : model.graph().nodes()) {
            if (isFilter(node)) {
                DenseTensor dense =
                        node.input(1).orElseThrow().constant().orElseThrow().decode();
                long[] bits = bits(dense);
                int filters = (int) dense.shape().dim(0);
                int perFilter = bits.length / filters;
                count += (int) IntStream.range(0, filters)
                        .filter(filter -> Arrays.stream(bits, filter * perFilter, (filter + 1) * perFilter)
                                .allMatch(bit -> bit == 0))
                        .count();
            }
        }
        return count;
    }
}
