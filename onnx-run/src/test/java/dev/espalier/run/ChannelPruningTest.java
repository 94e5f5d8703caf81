package dev.espalier.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.TestModels;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.ChannelManifest;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.channels.ChannelBudget;
import dev.espalier.pruning.channels.ChannelMethods;
import dev.espalier.pruning.channels.ChannelPlan;
import dev.espalier.pruning.channels.ChannelPlanner;
import dev.espalier.pruning.channels.ChannelRequest;
import dev.espalier.pruning.channels.ChannelScope;
import dev.espalier.pruning.channels.ChannelStructure;
import dev.espalier.sparse.DenseTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A pruned model computes what the original does with the same channels masked where they are read.
final class ChannelPruningTest {
    /// All layers are in branches whose sizes nothing tells, or all are behind what freezes them.
    private static final Set<String> NOTHING_TO_PRUNE =
            Set.of("silero_vad_v5.onnx", "silero_vad_op18.onnx", "opset_22_ops.onnx", "skl_lr_mnist.onnx");

    private static final List<ChannelScope> SCOPES =
            List.of(ChannelScope.LAYER, ChannelScope.GLOBAL, ChannelScope.ISOMORPHIC);

    @TempDir
    private Path folder;

    /// A request by lot: shares from 5 to 94 %, every scope, rounded now and then.
    private static ChannelRequest random(int seed) {
        ChannelRequest plain =
                ChannelRequest.of(Sparsity.parse(String.format(Locale.ROOT, "0.%02d", 5 + seed * 37 % 90)));
        return new ChannelRequest(
                plain.share(),
                ChannelBudget.CHANNELS,
                SCOPES.get(seed % SCOPES.size()),
                ChannelMethods.named("random").orElseThrow(),
                seed % 4 == 3 ? 8 : 1,
                1,
                plain.maxLayerShare(),
                plain.keepResidual(),
                List.of(),
                List.of(),
                List.of(),
                seed);
    }

    /// Prunes and masks, and compares both.
    private ChannelPlan equalsItsTwin(Path file, ChannelRequest request) throws IOException, ModelRunException {
        OrtShapeProbe probe = new OrtShapeProbe(file);
        ChannelPlan plan = ChannelPlanner.plan(ChannelStructure.of(OnnxReader.read(file), probe), request);
        ChannelPlan twin = plan.on(ChannelStructure.of(OnnxReader.read(file), probe));
        if (plan.removedChannels() > 0) {
            Set<String> cut = plan.cutValues();
            plan.apply();
            twin.applyAsMask();
            Difference difference = ChannelProof.between(plan.model(), twin.model(), cut, 3);
            assertThat(difference.isRounding()).as(file + " " + difference).isTrue();
            assertThat(difference.elements()).isPositive();
        }
        return plan;
    }

    static Stream<Path> models() {
        return TestModels.shared().stream().filter(file -> !file.toString().contains("refuse"));
    }

    @ParameterizedTest
    @MethodSource("models")
    void everySharedModelEqualsItsMaskedTwin(Path file) throws IOException, ModelRunException {
        for (String share : List.of("0.25", "0.5", "0.75")) {
            ChannelPlan plan = equalsItsTwin(file, ChannelRequest.of(Sparsity.parse(share)));
            boolean isAny = !NOTHING_TO_PRUNE.contains(String.valueOf(file.getFileName()));
            assertThat(plan.channels() > 0).as(file.toString()).isEqualTo(isAny);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "classify/mnist_bn.onnx",
                "classify/resnet8_bn.onnx",
                "modern/llama_gqa.script.onnx",
                "modern/gpt2.script.fused.onnx",
                "modern/vit.dynamo.onnx",
                "modern/tv_densenet.script.onnx",
                "modern/unet3d.script.onnx",
                "modern/gru_bi.script.onnx",
                "audio/fsdd_lstm.onnx"
            })
    void randomPlansEqualTheirMaskedTwins(String name) throws IOException, ModelRunException {
        int seeds = System.getProperty("espalier.sweep", "").equals("all") ? 100 : 10;
        for (int seed = 0; seed < seeds; seed++) {
            equalsItsTwin(TestModels.shared(name), random(seed));
        }
    }

    @Test
    void aSampleEqualsItsMaskedTwinAndIsAQuarterOfTheSize() throws IOException, ModelRunException {
        Path file = TestModels.inRepository("samples/digits_resnet.onnx");
        ChannelPlan plan = equalsItsTwin(file, ChannelRequest.of(Sparsity.parse("0.5")));
        assertThat(plan.removedChannels()).isEqualTo(96);
        Path out = folder.resolve("pruned.onnx");
        assertThat(OnnxWriter.write(plan.model(), out).total()).isLessThan(Files.size(file) / 3);
        assertThat(OnnxReader.read(out).metadata("espalier.channels")).isPresent();
    }

    /// The twin made by hand from what the file says was removed: of every weight that reads channels, the
    /// columns of those are zero in the original.
    @Test
    void equalsTheOriginalWithTheColumnsSetToZeroThatTheManifestNames() throws IOException, ModelRunException {
        for (Path file : List.of(
                TestModels.inRepository("samples/digits_resnet.onnx"),
                TestModels.shared("classify/resnet8_bn.onnx"),
                TestModels.shared("classify/mnist_pytorch.onnx"))) {
            Model pruned = equalsItsTwin(file, ChannelRequest.of(Sparsity.parse("0.5")))
                    .model();
            Model zeroed = OnnxReader.read(file);
            GraphPatch patch = GraphPatch.labelled("set columns to zero");
            for (ChannelManifest.Entry entry :
                    ChannelManifest.find(pruned).orElseThrow().tensors()) {
                Value weight = zeroed.graph().value(entry.of()).orElseThrow();
                List<Integer> columns = entry.removed().get(1);
                if (columns != null) {
                    DenseTensor dense = weight.constant().orElseThrow().decode();
                    patch.replaceConstant(weight, Constant.of(withoutColumns(dense, columns)));
                }
            }
            patch.apply();
            Difference difference = ChannelProof.between(pruned, zeroed, Set.of(), 3);
            assertThat(difference.isRounding()).as(file + " " + difference).isTrue();
        }
    }

    /// A copy with zeros at some indices of axis 1.
    private static DenseTensor withoutColumns(DenseTensor tensor, List<Integer> columns) {
        long[] bits = new long[(int) tensor.elementCount()];
        tensor.readBits(0, bits.length, bits);
        long size = tensor.shape().dim(1);
        long inner = tensor.elementCount() / tensor.shape().dim(0) / size;
        for (int i = 0; i < bits.length; i++) {
            bits[i] = columns.contains((int) (i / inner % size)) ? 0 : bits[i];
        }
        return DenseTensor.ofBits(tensor.type(), tensor.shape(), bits);
    }

    @Test
    void aMaskMakesADifference() throws IOException, ModelRunException {
        Path file = TestModels.inRepository("samples/digits_resnet.onnx");
        OrtShapeProbe probe = new OrtShapeProbe(file);
        ChannelPlan plan = ChannelPlanner.plan(
                ChannelStructure.of(OnnxReader.read(file), probe), ChannelRequest.of(Sparsity.parse("0.5")));
        plan.applyAsMask();
        Model original = OnnxReader.read(file);
        assertThat(ChannelProof.between(plan.model(), original, Set.of(), 3).isRounding())
                .isFalse();
    }

    @Test
    void theSameRequestGivesTheSameBytes() throws IOException, ModelRunException {
        Path file = TestModels.inRepository("samples/digits_resnet.onnx");
        Path one = folder.resolve("one.onnx");
        Path other = folder.resolve("other.onnx");
        for (Path out : List.of(one, other)) {
            OnnxWriter.write(
                    equalsItsTwin(file, ChannelRequest.of(Sparsity.parse("0.3")))
                            .model(),
                    out);
        }
        assertThat(one).hasSameBinaryContentAs(other);
    }
}
