package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.TestModels;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class InspectCommandTest {
    private static final Path MLP = TestModels.inRepository("samples/digits_mlp.onnx");

    @Test
    void showsLayersAndTotals() {
        Cli.Result result = Cli.launch("inspect", MLP);
        assertThat(result.errorOutput()).isEmpty();
        assertThat(result.exitCode()).isZero();
        assertThat(result.output().replace(MLP.toString(), "digits_mlp.onnx")).isEqualTo("""
                digits_mlp.onnx  425.8 kB
                IR version 8, opset ai.onnx 17, written by pytorch 2.8.0
                9 nodes
                input   input  f32[N,1,8,8]
                output  logits  f32[N,10]

                node         operator  weight       type    shape  parameters  zeros %  stored     bytes
                /fc1/MatMul  MatMul    fc1.weight   f32    64x320      20 480        0  raw      81.9 kB
                /fc2/MatMul  MatMul    fc2.weight   f32   320x256      81 920        0  raw     327.7 kB
                /head/Gemm   Gemm      head.weight  f32    10x256       2 560        0  raw      10.3 kB

                3 layers, 104 960 weights, 0 zero (0 %), 419.9 kB
                """);
    }

    @Test
    void fitsATerminal() {
        Cli.Result result =
                Cli.launchOnTerminal(80, "inspect", "--all", TestModels.inRepository("samples/digits_resnet.onnx"));
        assertThat(result.output().lines().skip(3)).allMatch(line -> line.length() <= 80);
        assertThat(result.output()).contains("normalization (BatchNormalization)");
    }

    @Test
    void sortsAndFilters() {
        assertThat(Cli.launch("inspect", "--csv", "--sort", "parameters", MLP)
                        .output()
                        .lines())
                .extracting(line -> line.split(",", -1)[2])
                .containsExactly("weight", "fc2.weight", "fc1.weight", "head.weight");
        assertThat(Cli.launch("inspect", "--csv", "--include", "fc*", "--exclude", "/fc2/*", MLP)
                        .output()
                        .lines())
                .extracting(line -> line.split(",", -1)[2])
                .containsExactly("weight", "fc1.weight");
    }

    @Test
    void printsJson() {
        Cli.Result result = Cli.launch("inspect", "--json", "--all", MLP);
        JsonNode json = JsonMapper.shared().readTree(result.output());
        assertThat(json.get("schemaVersion").intValue()).isEqualTo(1);
        assertThat(json.get("layers").get(0).get("weight").stringValue()).isEqualTo("fc1.weight");
        assertThat(json.get("totals").get("parameters").longValue()).isEqualTo(104_960);
        assertThat(json.get("others")).hasSize(5);
        assertThat(json.get("model").get("inputs").get(0).get("type").stringValue())
                .isEqualTo("f32[N,1,8,8]");
    }

    @Test
    void mentionsNodesOutOfOrder() {
        Path file = TestModels.shared("modern/convnext_atto_f16.onnx");
        assertThat(Cli.launch("inspect", file).output()).contains("before a node that they read");
    }

    @Test
    void readsEverySharedModel() {
        for (Path file : TestModels.shared()) {
            Cli.Result result = Cli.launch("inspect", "--all", file);
            assertThat(result.errorOutput()).as(file.toString()).isEmpty();
            assertThat(result.exitCode()).as(file.toString()).isZero();
        }
    }
}
