package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.TestModels;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class VerifySparsityCommandTest {
    private static final Path RESNET = TestModels.inRepository("samples/digits_resnet.onnx");

    @TempDir
    private Path folder;

    private Path pruned = Path.of("");

    @BeforeEach
    void prune() {
        pruned = folder.resolve("pruned.onnx");
        assertThat(Cli.launch("prune", RESNET, "-s", "0.8", "-o", pruned).exitCode())
                .isZero();
    }

    @Test
    void verifiesWhatPruneMakes() {
        Cli.Result result = Cli.launch("verify-sparsity", pruned);
        assertThat(result.exitCode()).isZero();
        assertThat(result.output()).contains("bit for bit").endsWith("pruned.onnx: verified\n");
        assertThat(Cli.launch("verify-sparsity", pruned, "--expect", "0.8").exitCode())
                .isZero();
        assertThat(Cli.launch("verify-sparsity", pruned, "--against", pruned).exitCode())
                .isZero();
    }

    @Test
    void namesTheTensorWithAZeroThatCameBack() throws IOException {
        Model model = OnnxReader.read(pruned);
        Value value = model.graph().value("layer1.conv1.weight").orElseThrow();
        DenseTensor old = value.constant().orElseThrow().decode();
        long[] bits = new long[(int) old.elementCount()];
        old.readBits(0, bits.length, bits);
        for (int i = 0; i < bits.length; i++) {
            if (bits[i] == 0) {
                bits[i] = 1;
                break;
            }
        }
        GraphPatch.labelled("tamper")
                .replaceConstant(value, Constant.of(DenseTensor.ofBits(ElementType.F32, old.shape(), bits)))
                .apply();
        Path tampered = folder.resolve("tampered.onnx");
        OnnxWriter.write(model, tampered);
        Cli.Result result = Cli.launch("verify-sparsity", tampered);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("zero-revived  layer1.conv1.weight")
                .contains("densified  layer1.conv1.weight")
                .endsWith("tampered.onnx: not as promised\n");
    }

    @Test
    void catchesWhatTheRuntimesOptimizerMakes() throws OrtException {
        Path coo = folder.resolve("coo.onnx");
        Cli.launch("export", pruned, "--encoding", "coo", "-o", coo);
        for (OrtSession.SessionOptions.OptLevel level : OrtSession.SessionOptions.OptLevel.values()) {
            Path saved = saveAgain(coo, level);
            Cli.Result result = Cli.launch("verify-sparsity", "--against", pruned, saved);
            assertThat(result.exitCode()).as(level + "\n" + result.output()).isEqualTo(1);
            assertThat(result.output()).contains("layer1.conv1.weight");
        }
    }

    @Test
    void followsPackedWeightsUntilTheRuntimeFoldsThem() throws OrtException {
        for (String encoding : List.of("gap", "bitmap")) {
            Path packed = folder.resolve(encoding + ".onnx");
            Cli.launch("export", pruned, "--encoding", encoding, "-o", packed);
            Path asItIs = saveAgain(packed, OrtSession.SessionOptions.OptLevel.NO_OPT);
            assertThat(Cli.launch("verify-sparsity", asItIs).exitCode()).isZero();
            Path folded = saveAgain(packed, OrtSession.SessionOptions.OptLevel.BASIC_OPT);
            Cli.Result result = Cli.launch("verify-sparsity", "--no-run", folded);
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.output()).contains("densified  fc.weight").contains("it was stored as " + encoding);
        }
    }

    private Path saveAgain(Path model, OrtSession.SessionOptions.OptLevel level) throws OrtException {
        Path saved = folder.resolve("saved_" + level + "_" + model.getFileName());
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(level);
            options.setOptimizedModelFilePath(saved.toString());
            OrtEnvironment.getEnvironment()
                    .createSession(model.toString(), options)
                    .close();
        }
        return saved;
    }

    @Test
    void printsJson() {
        JsonNode json = JsonMapper.shared()
                .readTree(Cli.launch("verify-sparsity", "--json", "--expect", "0.9", pruned)
                        .output());
        assertThat(json.get("verified").booleanValue()).isFalse();
        assertThat(json.get("findings").get(0).get("finding").stringValue()).isEqualTo("too-few-zeros");
    }

    @Test
    void doesNotSayVerifiedOfWhatItCouldNotRun() {
        Path out = folder.resolve("refused.onnx");
        Cli.launch("prune", TestModels.shared("refuse/custom_ops.onnx"), "-s", "0.5", "-o", out);
        Cli.Result result = Cli.launch("verify-sparsity", out);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("not run")
                .contains("not verified: something could not be checked")
                .contains("--no-run verifies the file alone");
        assertThat(Cli.launch("verify-sparsity", "--no-run", out).exitCode()).isZero();
    }
}
