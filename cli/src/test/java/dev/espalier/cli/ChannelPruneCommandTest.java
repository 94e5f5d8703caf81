package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.TestModels;
import dev.espalier.onnx.Value;
import dev.espalier.run.latency.ChannelBlock;
import dev.espalier.sparse.DenseTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ChannelPruneCommandTest {
    private static final Path RESNET = TestModels.inRepository("samples/digits_resnet.onnx");

    @TempDir
    private Path folder;

    private Path out() {
        return folder.resolve("pruned.onnx");
    }

    /// Rounds to nothing if nothing else is said, so that the result is the same on every machine.
    private Cli.Result prune(Object... more) {
        List<Object> args = new ArrayList<>(List.of("prune", RESNET, "--pattern", "channels", "-o", out()));
        args.addAll(List.of(more));
        if (!args.contains("--round-to")) {
            args.addAll(List.of("--round-to", "1"));
        }
        return Cli.launch(args.toArray());
    }

    @Test
    void prunesReportsAndVerifies() {
        Cli.Result result = prune("-s", "0.5");
        assertThat(result.errorOutput()).isEmpty();
        assertThat(result.exitCode()).isZero();
        assertThat(result.output())
                .contains("/layer1/conv1/Conv                    Conv            32    16       9 216  2 304   25.00")
                .contains("96 of 192 channels go, in 4 groups")
                .contains("equal to the masked original in ONNX Runtime")
                .contains("  1  an output of the model");
        Cli.Result verified = Cli.launch("verify-sparsity", out());
        assertThat(verified.output()).contains("channels gone").contains("verified");
        assertThat(verified.exitCode()).isZero();
    }

    @Test
    void verifyFindsAChannelThatCameBack() throws IOException {
        prune("-s", "0.5");
        Model model = OnnxReader.read(out());
        Value bias = model.graph().value("fc.weight").orElseThrow();
        Constant original = OnnxReader.read(RESNET)
                .graph()
                .value("fc.weight")
                .orElseThrow()
                .constant()
                .orElseThrow();
        GraphPatch.labelled("bring back").resizeConstant(bias, original).apply();
        Path revived = folder.resolve("revived.onnx");
        OnnxWriter.write(model, revived);
        Cli.Result result = Cli.launch("verify-sparsity", revived, "--no-run");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).contains("channel-revived").contains("[10, 64], it was left with [10, 32]");
    }

    @Test
    void verifyReplaysTheComparisonWithTheOriginal() throws IOException {
        prune("-s", "0.5");
        Cli.Result replayed = Cli.launch("verify-sparsity", out(), "--against", RESNET);
        assertThat(replayed.output()).containsPattern("masked original +yes +the recorded channels masked");
        assertThat(replayed.exitCode()).isZero();
        // The same channels are gone, and something else has changed.
        Model model = OnnxReader.read(out());
        Value weight = model.graph().value("fc.weight").orElseThrow();
        DenseTensor dense = weight.constant().orElseThrow().decode();
        long[] bits = new long[(int) dense.elementCount()];
        bits[7] = Float.floatToRawIntBits(1);
        GraphPatch.labelled("tamper")
                .replaceConstant(weight, Constant.of(DenseTensor.ofBits(dense.type(), dense.shape(), bits)))
                .apply();
        Path changed = folder.resolve("changed.onnx");
        OnnxWriter.write(model, changed);
        Cli.Result found = Cli.launch("verify-sparsity", changed, "--against", RESNET);
        assertThat(found.exitCode()).isEqualTo(1);
        assertThat(found.output()).containsPattern("masked original +NO").contains("outputs-differ");
    }

    @Test
    void verifyReplaysWithCopiedConstantsAndTellsAnotherOriginal() {
        // Its exporter shares one initializer among many nodes: each reader gets a copy that loses other channels.
        Path shuffle = TestModels.shared("modern/tv_shufflenet.script.onnx");
        Cli.launch("prune", shuffle, "--pattern=channels", "--round-to=1", "-s0.5", "--no-check", "-o", out());
        Cli.Result replayed = Cli.launch("verify-sparsity", out(), "--against", shuffle);
        assertThat(replayed.output()).contains("the recorded channels masked");
        assertThat(Cli.launch("verify-sparsity", out(), "--against", RESNET).output())
                .contains("the recorded channels are not those of this original");
    }

    @Test
    void prunesAgainWhatWasPruned() throws IOException {
        prune("-s", "0.5");
        Path again = folder.resolve("again.onnx");
        assertThat(Cli.launch("prune", out(), "--pattern=channels", "--round-to=1", "-s", "0.5", "-o", again)
                        .exitCode())
                .isZero();
        // What two prunings removed is recorded in terms of the first original.
        assertThat(Cli.launch("verify-sparsity", again, "--against", RESNET).exitCode())
                .isZero();
        assertThat(OnnxReader.read(again).metadata("espalier.channels").orElseThrow())
                .contains("\"before\":[10,64],\"shape\":[10,16]");
    }

    @Test
    void keepsThePromisesAboutZeros() {
        Path sparse = folder.resolve("sparse.onnx");
        Cli.launch("prune", RESNET, "-s", "0.8", "-o", sparse);
        Cli.Result result =
                Cli.launch("prune", sparse, "--pattern", "channels", "--round-to", "1", "-s", "0.5", "-o", out());
        assertThat(result.exitCode()).isZero();
        assertThat(Cli.launch("verify-sparsity", out()).exitCode()).isZero();
        assertThat(Cli.launch("inspect", out()).output()).containsAnyOf("bitmap", "gap", "coo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"l1", "l2", "linf", "fpgm", "random", "bn-scale"})
    void everyMethodAndBudgetReachesTheShare(String method) {
        for (String budget : new String[] {"params", "macs", "bytes"}) {
            for (String scope : new String[] {"layer", "global", "isomorphic"}) {
                Cli.Result result = prune(
                        "-s", "0.4", "--method", method, "--budget", budget, "--scope", scope, "--json", "--no-check");
                JsonNode json = JsonMapper.shared().readTree(result.output());
                String name = budget.equals("params") ? "parameters" : budget;
                double left = json.get("after").get(name).asDouble()
                        / json.get("before").get(name).asDouble();
                // bn-scale leaves the channels of the residual sum with those that have a scale: all of them here.
                assertThat(left)
                        .as(method + " " + budget + " " + scope)
                        .isLessThanOrEqualTo(0.6)
                        .isGreaterThan(0.5);
            }
        }
    }

    @Test
    void roundsKeepsMinimaAndTakesLayersApart() {
        JsonNode layers = JsonMapper.shared()
                .readTree(prune(
                                "-s",
                                "0.9",
                                "--round-to",
                                "8",
                                "--layer",
                                "/layer2/conv1/*=0.25",
                                "--exclude",
                                "/layer1/conv1/*",
                                "--json")
                        .output())
                .get("layers");
        assertThat(kept(layers, "/conv1/Conv")).isEqualTo(8);
        assertThat(kept(layers, "/layer1/conv1/Conv")).isEqualTo(32);
        assertThat(kept(layers, "/layer2/conv1/Conv")).isEqualTo(48);
        JsonNode few = JsonMapper.shared()
                .readTree(prune("-s", "1", "--min-channels", "5", "--max-layer-sparsity", "0.75", "--json")
                        .output());
        assertThat(kept(few.get("layers"), "/conv1/Conv")).isEqualTo(8);
        assertThat(few.get("notes").get(0).asString()).contains("4 of 4 groups keep more channels");
    }

    @Test
    void roundsToTheBlockOfTheRuntimeUnlessToldOtherwise() throws IOException {
        JsonNode report = JsonMapper.shared()
                .readTree(prune("-s", "0.3", "--round-to", "auto", "--json").output());
        int block = report.get("roundTo").intValue();
        assertThat(ChannelBlock.CANDIDATES).contains(block);
        assertThat(report.get("notes").get(0).asString()).contains("multiples of " + block);
        for (JsonNode layer : report.get("layers")) {
            if (layer.get("frozenBy").asString().isEmpty()) {
                assertThat(layer.get("keptChannels").longValue() % block).isZero();
            }
        }
        assertThat(OnnxReader.read(out()).metadata("espalier.channels").orElseThrow())
                .contains("\"roundTo\":" + block);
        Path again = folder.resolve("again.onnx");
        Cli.launch("prune", RESNET, "--pattern=channels", "-s", "0.3", "-o", again);
        assertThat(again).hasSameBinaryContentAs(out());
    }

    @Test
    void saysSoWhenRoundingLeavesEveryChannel() {
        Cli.Result result = prune("-s", "0.1", "--round-to", "64");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("no channel goes")
                .contains("18 channels more stay than asked, so that widths are multiples of 64")
                .contains("nothing was written");
    }

    /// A head is as wide as its channels: 8 heads of 16, or of 64 indices in all, can lose one.
    @Test
    void roundsTheWidthsOfHeadsNotTheirNumber() {
        Path bert = TestModels.shared("modern/bert.script.onnx");
        JsonNode report = JsonMapper.shared()
                .readTree(
                        Cli.launch("prune", bert, "--pattern=channels", "-s0.5", "--round-to=8", "--dry-run", "--json")
                                .output());
        for (JsonNode layer : report.get("layers")) {
            assertThat(layer.get("keptChannels").longValue() % 8)
                    .as(layer.toString())
                    .isZero();
        }
        assertThat(report.get("removed").longValue()).isPositive();
    }

    private static long kept(JsonNode layers, String node) {
        for (JsonNode layer : layers) {
            if (layer.get("node").asString().equals(node)) {
                return layer.get("keptChannels").longValue();
            }
        }
        throw new AssertionError(node);
    }

    @Test
    void saysSoAndExitsWithOneWhenNothingCanGo() {
        Path file = TestModels.shared("audio/silero_vad_v5.onnx");
        Cli.Result result =
                Cli.launch("prune", file, "--pattern", "channels", "--round-to", "1", "-s", "0.5", "-o", out());
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("no channel can go")
                .contains("nothing tells a shape")
                .contains("nothing was written");
        assertThat(Files.exists(out())).isFalse();
    }

    @Test
    void saysWhatStaysWhereNoLayerIsUnderstood() {
        assertThat(reasonOf("structure/opset_22_ops.onnx")).contains("nothing tells a shape");
        assertThat(reasonOf("structure/skl_lr_mnist.onnx")).contains("no operator that channel pruning has a rule for");
    }

    private static String reasonOf(String model) {
        Cli.Result result = Cli.launch(
                "prune", TestModels.shared(model), "--pattern=channels", "--round-to=1", "-s0.5", "--dry-run");
        assertThat(result.exitCode()).isEqualTo(1);
        return result.output();
    }

    @Test
    void changesOutputsOnlyWhenAllowed() {
        Cli.Result result = prune("-s", "0.5", "--allow-io-change");
        assertThat(result.exitCode()).isZero();
        assertThat(result.output())
                .contains("/fc/Gemm                              Gemm            10     5")
                .contains("the result fits no longer where the original did");
        assertThat(Cli.launch("inspect", out()).output()).contains("output  logits  f32[N,5]");
    }

    @Test
    void comparesOnlyWhatTheRuntimeRuns() {
        Path file = TestModels.shared("refuse/custom_ops.onnx");
        Cli.Result result =
                Cli.launch("prune", file, "--pattern", "channels", "--round-to", "1", "-s", "0.5", "-o", out());
        assertThat(result.exitCode()).isZero();
        assertThat(result.output()).contains("not compared").contains("is not a registered function/op");
    }

    @Test
    void takesScoresOfAnotherTool() throws IOException {
        // The bias of the first layer of layer2 has 64 elements: only its group has scores, and the last channels
        // matter.
        float[] rising = new float[64];
        for (int i = 0; i < rising.length; i++) {
            rising[i] = i;
        }
        Path scores = Npz.writeFloats(folder.resolve("scores.npz"), "layer2.bn1.weight", rising);
        Cli.Result result = prune("-s", "0.5", "--method", "scores", "--scores", scores, "--json");
        assertThat(result.errorOutput()).isEmpty();
        JsonNode layers = JsonMapper.shared().readTree(result.output()).get("layers");
        assertThat(kept(layers, "/layer2/conv1/Conv")).isEqualTo(32);
        assertThat(kept(layers, "/conv1/Conv")).isEqualTo(32);
        DenseTensor before = weight(RESNET, "layer2.bn1.weight");
        DenseTensor after = weight(out(), "layer2.bn1.weight");
        for (int i = 0; i < 32; i++) {
            assertThat(after.bitsAt(i)).isEqualTo(before.bitsAt(i + 32));
        }
    }

    private static DenseTensor weight(Path file, String name) throws IOException {
        return OnnxReader.read(file)
                .graph()
                .value(name)
                .orElseThrow()
                .constant()
                .orElseThrow()
                .decode();
    }

    @Test
    void refusesScoresThatFitNothing() throws IOException {
        assertThat(prune("-s", "0.5", "--method", "scores").exitCode()).isEqualTo(2);
        Path unknown = Npz.writeFloats(folder.resolve("unknown.npz"), "nobody", 1);
        assertThat(prune("-s", "0.5", "--method", "scores", "--scores", unknown).errorOutput())
                .contains("no initializer of that name", "scores 'nobody'");
        Path narrow = Npz.writeFloats(folder.resolve("narrow.npz"), "layer2.bn1.weight", 1, 2);
        assertThat(prune("-s", "0.5", "--method", "scores", "--scores", narrow).errorOutput())
                .contains("they are 2, the tensor is 64");
        float[] negative = new float[64];
        negative[5] = -1;
        Path below = Npz.writeFloats(folder.resolve("negative.npz"), "layer2.bn1.weight", negative);
        assertThat(prune("-s", "0.5", "--method", "scores", "--scores", below).errorOutput())
                .contains("negative, infinite or not a number");
    }

    @Test
    void refusesNamesThatMeanNothing() {
        assertThat(prune("-s", "0.5", "--exclude", "nobody").errorOutput()).contains("no node or tensor is named");
        assertThat(prune("-s", "0.5", "--method", "magic").errorOutput()).contains("there are l1, l2");
        assertThat(prune("-s", "0.5", "--round-to", "0").exitCode()).isEqualTo(2);
        assertThat(Files.exists(out())).isFalse();
    }

    @Test
    void writesNothingInADryRun() {
        assertThat(prune("-s", "0.5", "--dry-run").output()).contains("dry run: nothing was written");
        assertThat(Files.exists(out())).isFalse();
    }

    @Test
    void inspectShowsGroupsReasonsAndAPicture() throws IOException {
        Cli.Result groups = Cli.launch("inspect", RESNET, "--channels");
        assertThat(groups.output()).contains("192 channels in 4 groups can go; 100 % of the multiply-adds");
        Path dot = folder.resolve("channels.dot");
        Cli.Result why = Cli.launch("inspect", RESNET, "--why", "fc.weight", "--dot", dot);
        assertThat(why.output())
                .contains("axis 0, 10 indices: none can go; an output of the model")
                .contains("Gemm '/fc/Gemm' -> axis 1 of 'logits'")
                .contains("axis 1, 64 indices: 64 can go");
        assertThat(Files.readString(dot)).startsWith("digraph").contains("/layer2/conv2/Conv");
        assertThat(Cli.launch("inspect", RESNET, "--why", "nobody").exitCode()).isEqualTo(3);
    }

    @Test
    void replaysHeadsAndLossyNorms() {
        Path file = TestModels.shared("modern/swin_tiny.dynamo.onnx");
        for (String more : new String[] {"--lossy-norms", "--attention=size"}) {
            Cli.Result result =
                    Cli.launch("prune", file, "--pattern=channels", "--round-to=1", "-s", "0.5", more, "-o", out());
            assertThat(result.exitCode()).as(more).isZero();
            Cli.Result verified = Cli.launch("verify-sparsity", out(), "--against", file);
            assertThat(verified.output()).as(more).contains("the recorded channels masked");
            assertThat(verified.exitCode()).as(more).isZero();
        }
        Cli.Result heads = Cli.launch("prune", file, "--pattern=heads", "--round-to=1", "-s", "0.5", "--dry-run");
        assertThat(heads.output()).contains("5 of 10 heads go, in 4 groups");
    }
}
