package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.TestModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class RecoverCommandTest {
    private static final Path DENSE = TestModels.inRepository("samples/digits_mlp.onnx");
    private static final Path DATA = TestModels.inRepository("samples/digits8x8.npz");

    @TempDir
    private Path folder;

    private Path pruned;

    @BeforeEach
    void prune() {
        pruned = folder.resolve("pruned.onnx");
        assertThat(Cli.launch("prune", DENSE, "-s", "0.9", "-o", pruned).exitCode())
                .isZero();
    }

    private Cli.Result launch(String what, Path reference, Object... more) {
        List<Object> args = new ArrayList<>(List.of("prune", pruned, "--recover", what, "--reference", reference));
        args.addAll(List.of("--calibration", DATA, "--preprocess", "scale=1/16", "--samples", "100"));
        args.addAll(List.of(more));
        return Cli.launch(args.toArray());
    }

    private JsonNode recover(String what) {
        Path out = folder.resolve("recovered.onnx");
        Cli.Result result = launch(what, DENSE, "--json", "-o", out);
        assertThat(result.exitCode()).as(result.errorOutput()).isZero();
        assertThat(Cli.launch("verify-sparsity", out, "--no-run").exitCode()).isZero();
        return JsonMapper.shared().readTree(result.output());
    }

    @Test
    void takesBackTheMoreTheMoreMayChange() {
        JsonNode bias = recover("bias");
        JsonNode scale = recover("scale");
        JsonNode ridge = recover("bias,ridge");
        double before = bias.get("outputErrorBefore").doubleValue();
        assertThat(bias.get("outputErrorAfter").doubleValue()).isLessThan(before);
        assertThat(scale.get("outputErrorAfter").doubleValue())
                .isLessThan(bias.get("outputErrorAfter").doubleValue());
        assertThat(ridge.get("outputErrorAfter").doubleValue())
                .isLessThan(scale.get("outputErrorAfter").doubleValue());
        for (JsonNode layer : ridge.get("pruned").get("layers")) {
            assertThat(layer.get("method").stringValue()).isEqualTo("ridge");
            assertThat(layer.get("zeros").longValue())
                    .isEqualTo(layer.get("zerosBefore").longValue());
            assertThat(layer.get("fittedError").doubleValue())
                    .isLessThan(layer.get("maskedError").doubleValue());
        }
    }

    @Test
    void fitsTheClassifierAlone() {
        JsonNode layers = recover("classifier").get("pruned").get("layers");
        for (int i = 0; i < layers.size(); i++) {
            assertThat(layers.get(i).get("method").isNull()).isEqualTo(i < layers.size() - 1);
        }
    }

    @Test
    void wantsTheSameModelAsReference() {
        Path other = TestModels.inRepository("samples/digits_resnet.onnx");
        Cli.Result result = launch("ridge", other, "-o", folder.resolve("out.onnx"));
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.errorOutput()).contains("the reference is not the same model with other weights");
    }

    @Test
    void saysWhatThereIsToRecover() {
        assertThat(launch("rigde", DENSE, "--dry-run").errorOutput())
                .contains("'rigde' is none of bias, scale, ridge, classifier");
        assertThat(launch("ridge", DENSE, "--dry-run", "--allocate", "auto").errorOutput())
                .contains("--recover leaves them where they are");
    }
}
