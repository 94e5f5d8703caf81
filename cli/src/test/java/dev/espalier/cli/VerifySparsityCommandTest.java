package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.TestModels;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
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
    void followsTheZerosThroughTheRuntimesLevels() {
        Cli.Result result = Cli.launch("verify-sparsity", pruned, "--survival", "--json");
        assertThat(result.exitCode()).as(result.output()).isZero();
        JsonNode rows = JsonMapper.shared().readTree(result.output()).get("survival");
        assertThat(rows.size()).isEqualTo(8);
        for (JsonNode row : rows) {
            assertThat(row.get("sparse").intValue() + row.get("dense").intValue())
                    .as(row.toString())
                    .isEqualTo(7);
        }
        assertThat(rows.get(0).get("sparse").intValue()).isEqualTo(7);
        assertThat(rows.get(3).get("dense").intValue()).isPositive();
        assertThat(rows.get(4).get("tool").stringValue()).isEqualTo("ONNX Runtime, no optimization, .ort");
        assertThat(rows.get(4).get("sparse").intValue()).isEqualTo(7);
        assertThat(rows.get(7).get("dense").intValue()).isPositive();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void judgesOtherProgramsByWhatTheyWrite() {
        Path dense = folder.resolve("dense.onnx");
        Cli.launch("export", pruned, "--encoding", "dense", "-o", dense);
        assertThat(Cli.launch("verify-sparsity", pruned, "--no-run", "--through", "cp {in} {out}")
                        .exitCode())
                .isZero();
        Cli.Result densified = Cli.launch("verify-sparsity", pruned, "--no-run", "--through", "cp " + dense + " {out}");
        assertThat(densified.exitCode()).isEqualTo(1);
        assertThat(densified.output())
                .contains("densified  fc.weight")
                .contains("through cp " + dense + " {out}: under its name");
        fails("false", "it failed with exit code 1");
        fails("true {out}", "it wrote nothing to {out}");
        fails("cp {in} /no/such/folder/{out}", "it failed with exit code 1: cp: cannot create");
        fails("no-such-program {in}", "it cannot be started");
        fails("cp /etc/hostname {out}", "what it wrote cannot be read: not an ONNX model");
        Cli.Result hung = Cli.launch("verify-sparsity", pruned, "--no-run", "--timeout", "1", "--through", "sleep 600");
        assertThat(hung.output()).contains("it did not end within 1 seconds");
        assertThat(hung.exitCode()).isEqualTo(1);
    }

    private void fails(String command, String reason) {
        Cli.Result result = Cli.launch("verify-sparsity", pruned, "--no-run", "--through", command);
        assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
        assertThat(result.output()).contains(reason).contains("survival").contains("not run");
    }

    @Test
    void holdsAFileAgainstABudgetAndTellsACi() throws Exception {
        Path report = folder.resolve("report.xml");
        long bytes = Files.size(pruned);
        assertThat(Cli.launch("verify-sparsity", pruned, "--no-run", "--budget-bytes", bytes, "--junit", report)
                        .exitCode())
                .isZero();
        assertThat(suite(report).getAttribute("failures")).isEqualTo("0");
        Cli.Result result =
                Cli.launch("verify-sparsity", pruned, "--no-run", "--budget-bytes", bytes - 1, "--junit", report);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).contains("over-budget");
        Element suite = suite(report);
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getElementsByTagName("failure").item(0).getTextContent())
                .contains("over-budget");
        assertThat(suite.getElementsByTagName("testcase").getLength())
                .isEqualTo(Integer.parseInt(suite.getAttribute("tests")));
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void requiresWhatItIsTold() throws Exception {
        Path dense = folder.resolve("dense.onnx");
        Cli.launch("export", pruned, "--encoding", "dense", "-o", dense);
        String densify = "cp " + dense + " {out}";
        Path xml = folder.resolve("report.xml");
        Cli.Result fast =
                Cli.launch("verify-sparsity", pruned, "--require", "static", "--through", densify, "--junit", xml);
        assertThat(fast.exitCode()).as(fast.output()).isZero();
        assertThat(fast.output())
                .contains("7 findings (not required)")
                .contains("densified  fc.weight")
                .doesNotContain("bit for bit")
                .endsWith("pruned.onnx: verified\n");
        assertThat(suite(xml).getAttribute("failures")).isEqualTo("0");
        assertThat(suite(xml).getElementsByTagName("skipped").item(0).getTextContent())
                .startsWith("not required: densified");
        assertThat(Cli.launch("verify-sparsity", pruned, "--require", "survive", "--through", densify)
                        .exitCode())
                .isEqualTo(1);
        Cli.Result survive = Cli.launch("verify-sparsity", pruned, "--require", "survive");
        assertThat(survive.exitCode()).isZero();
        assertThat(survive.output()).contains("8 saves").doesNotContain("bit for bit");
        Cli.Result equal = Cli.launch("verify-sparsity", pruned, "--require", "equal");
        assertThat(equal.exitCode()).isZero();
        assertThat(equal.output()).contains("8 saves").contains("at 4 optimization levels, bit for bit");
        Cli.Result broken = Cli.launch("verify-sparsity", pruned, "--require", "survive", "--expect", "0.9");
        assertThat(broken.exitCode()).isEqualTo(1);
        Cli.Result wrong = Cli.launch("verify-sparsity", pruned, "--require", "equal", "--no-run");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.errorOutput()).startsWith("error: --require equal runs the model");
    }

    private static Element suite(Path report) throws Exception {
        return DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getDocumentElement();
    }

    @Test
    void writesAPageThatNeedsNothingElse() throws IOException {
        Path page = folder.resolve("report.html");
        Cli.Result result = Cli.launch(
                "verify-sparsity", pruned, "--no-run", "--expect", "0.9", "--survival", "--html", page, "--json");
        assertThat(result.exitCode()).isEqualTo(1);
        String html = Files.readString(page);
        assertThat(html)
                .contains("<p class=\"bad verdict\">not as promised</p>")
                .contains("<td>too-few-zeros</td>")
                .contains("<td>ONNX Runtime, all, .ort</td>")
                .contains("<title>80.00 % zero</title>")
                .doesNotContain("<script", "http:", "https:", "src=", "url(");
        assertThat(html.split("<svg ")).hasSize(1 + 7);
        Path nowhere = folder.resolve("none/report.html");
        assertThat(Cli.launch("verify-sparsity", pruned, "--html", nowhere).exitCode())
                .isEqualTo(3);
    }

    @Test
    void aNameInTheModelIsNoMarkupInThePage() throws IOException {
        String name = "<img src=x onerror='alert(1)'>&\"\u0001";
        Path in = folder.resolve("in.onnx");
        Files.write(
                in,
                ModelBuilder.opset(17)
                        .input("x", ElementType.F32, "N", 64)
                        .initializer(name, DenseTensor.zeros(ElementType.F32, Shape.of(64, 64)))
                        .node("MatMul", List.of("x", name), List.of("y"))
                        .output("y", ElementType.F32, "N", 64)
                        .toBytes());
        Path page = folder.resolve("report.html");
        Cli.launch("verify-sparsity", in, "--no-run", "--expect", "0.9", "--html", page);
        assertThat(Files.readString(page))
                .contains("<td>&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;&quot;?</td>")
                .doesNotContain("<img");
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

    @Test
    void comparesOutputsOnSamples() {
        Path data = TestModels.inRepository("samples/digits8x8.npz");
        Cli.Result result = Cli.launch(
                "verify-sparsity", pruned, "--inputs", data, "--samples", "40", "--preprocess", "scale=1/16");
        assertThat(result.exitCode()).as(result.output() + result.errorOutput()).isZero();
        assertThat(result.output()).contains("bit for bit, on 40 samples of " + data);
    }

    @Test
    void refusesSamplesThatDoNotFitOrAreNotLookedAt() {
        Path data = TestModels.inRepository("samples/digits8x8.npz");
        Cli.Result unfit = Cli.launch("verify-sparsity", pruned, "--inputs", data, "--input", "input=labels");
        assertThat(unfit.exitCode()).isEqualTo(3);
        assertThat(unfit.errorOutput()).startsWith("error: the shapes do not fit");
        for (Object[] args : new Object[][] {
            {"--inputs", data, "--no-run"},
            {"--inputs", data, "--require", "static"},
            {"--samples", 3},
            {"--inputs", data, "--samples", 0}
        }) {
            Object[] all = Stream.concat(Stream.of("verify-sparsity", pruned), Stream.of(args))
                    .toArray();
            assertThat(Cli.launch(all).exitCode()).as(Arrays.toString(args)).isEqualTo(2);
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aLongCommandLineDoesNotEndTheProcess() throws IOException, InterruptedException {
        String command = "true " + "x".repeat(100_000);
        Cli.Result result =
                Cli.launchFrom("exec \"$@\"", folder, "verify-sparsity", pruned, "--survival", "--through", command);
        assertThat(result.exitCode()).as(result.errorOutput()).isEqualTo(1);
        assertThat(result.output()).contains("it wrote nothing to {out}");
    }
}
