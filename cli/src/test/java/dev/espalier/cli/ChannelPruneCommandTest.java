package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.TestModels;
import dev.espalier.onnx.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private Cli.Result prune(Object... more) {
        Object[] args = new Object[more.length + 6];
        System.arraycopy(new Object[] {"prune", RESNET, "--pattern", "channels", "-o", out()}, 0, args, 0, 6);
        System.arraycopy(more, 0, args, 6, more.length);
        return Cli.launch(args);
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
    void prunesAgainWhatWasPruned() throws IOException {
        prune("-s", "0.5");
        Path again = folder.resolve("again.onnx");
        assertThat(Cli.launch("prune", out(), "--pattern=channels", "-s", "0.5", "-o", again)
                        .exitCode())
                .isZero();
        assertThat(Cli.launch("verify-sparsity", again).exitCode()).isZero();
        assertThat(OnnxReader.read(again).metadata("espalier.channels").orElseThrow())
                .contains("\"before\":[10,64],\"shape\":[10,16]");
    }

    @Test
    void keepsThePromisesAboutZeros() {
        Path sparse = folder.resolve("sparse.onnx");
        Cli.launch("prune", RESNET, "-s", "0.8", "-o", sparse);
        Cli.Result result = Cli.launch("prune", sparse, "--pattern", "channels", "-s", "0.5", "-o", out());
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
        Path file = TestModels.shared("modern/bert_dynamic_int8.onnx");
        Cli.Result result = Cli.launch("prune", file, "--pattern", "channels", "-s", "0.5", "-o", out());
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).contains("no channel can go").contains("nothing was written");
        assertThat(Files.exists(out())).isFalse();
    }

    @Test
    void comparesOnlyWhatTheRuntimeRuns() {
        Path file = TestModels.shared("refuse/custom_ops.onnx");
        Cli.Result result = Cli.launch("prune", file, "--pattern", "channels", "-s", "0.5", "-o", out());
        assertThat(result.exitCode()).isZero();
        assertThat(result.output()).contains("not compared").contains("is not a registered function/op");
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
}
