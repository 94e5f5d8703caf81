package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.TestModels;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LatencyCommandTest {
    private static final Path RESNET = TestModels.inRepository("samples/digits_resnet.onnx");
    private static final Path MLP = TestModels.inRepository("samples/digits_mlp.onnx");

    @TempDir
    private Path folder;

    private static JsonNode json(Object... args) {
        Cli.Result result = Cli.launch(args);
        assertThat(result.exitCode()).as(result.errorOutput()).isZero();
        return JsonMapper.shared().readTree(result.output());
    }

    @Test
    void timesOneModel() {
        JsonNode report = json("latency", RESNET, "--seconds", "0.1", "--batch", "3", "--json");
        assertThat(report.get("models")).hasSize(1);
        JsonNode model = report.get("models").get(0);
        assertThat(model.get("inputs").get("input").toString()).isEqualTo("[3,1,8,8]");
        JsonNode times = model.get("times");
        assertThat(times.get("p50").asDouble())
                .isPositive()
                .isLessThanOrEqualTo(times.get("p99").asDouble());
        assertThat(report.get("rounds").asInt()).isGreaterThanOrEqualTo(30);
        assertThat(report.get("noise").asDouble()).isGreaterThanOrEqualTo(0.01);
        assertThat(report.get("verdict").isNull()).isTrue();
    }

    @Test
    void comparesTwo() {
        JsonNode report = json("latency", RESNET, MLP, "--seconds", "0.2", "--json");
        assertThat(report.get("models")).hasSize(2);
        assertThat(report.get("speedup").get("median").asDouble()).isPositive();
        assertThat(report.get("verdict").asString()).isIn("faster", "slower", "no measurable difference");
        assertThat(Cli.launch("latency", RESNET, RESNET, "--seconds", "0.1").output())
                .contains("median", "rounds, 1 thread", "differs from itself by up to", "random inputs: input 1x1x8x8");
    }

    @Test
    void takesShapesForWhatIsOpen() {
        Path bert = TestModels.shared("text/tinybert.onnx");
        JsonNode report = json(
                "latency",
                bert,
                "--shape=input_ids=2x7",
                "--shape=attention_mask=2x7",
                "--shape=token_type_ids=2x7",
                "--seconds=0",
                "--json");
        assertThat(report.get("models").get(0).get("inputs").get("input_ids").toString())
                .isEqualTo("[2,7]");
        assertThat(Cli.launch("latency", bert, "--shape", "tokens=2x7").errorOutput())
                .contains("there is no such input, but input_ids");
        assertThat(Cli.launch("latency", bert, "--shape", "input_ids=2x").exitCode())
                .isEqualTo(2);
    }

    @Test
    void saysWhatDoesNotRun() {
        Cli.Result refused = Cli.launch("latency", TestModels.shared("refuse/custom_ops.onnx"));
        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.errorOutput()).contains("ONNX Runtime refuses the model");
        Cli.Result misshapen = Cli.launch("latency", RESNET, "--shape", "input=1x1x8x9x2");
        assertThat(misshapen.exitCode()).isEqualTo(3);
        assertThat(misshapen.errorOutput()).contains("on random inputs", "--shape INPUT=");
        assertThat(Cli.launch("latency", RESNET, "--threads", "0").exitCode()).isEqualTo(2);
    }

    @Test
    void pruningMeasuresBeforeAndAfter() {
        Path out = folder.resolve("out.onnx");
        JsonNode report =
                json("prune", RESNET, "--pattern=channels", "--round-to=1", "-s0.5", "--measure", "-o", out, "--json");
        assertThat(report.get("latency").get("models").get(1).get("file").asString())
                .isEqualTo(out.toString());
        Cli.Result dry =
                Cli.launch("prune", RESNET, "--pattern=channels", "--round-to=1", "-s0.5", "--measure", "--dry-run");
        assertThat(dry.exitCode()).isEqualTo(2);
    }
}
