package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.TestModels;
import dev.espalier.onnx.Value;
import dev.espalier.run.Footprint;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparseEncoding;
import dev.espalier.sparse.SparseEncodings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ExportCommandTest {
    @TempDir
    private Path folder;

    private Path pruned(String encoding) {
        Path out = folder.resolve("pruned_" + encoding + ".onnx");
        Path model = TestModels.inRepository("samples/digits_resnet.onnx");
        assertThat(Cli.launch("prune", model, "-s", "0.8", "--encoding", encoding, "-o", out)
                        .exitCode())
                .isZero();
        return out;
    }

    @Test
    void storesTheSameElementsInAnyOtherForm() throws IOException {
        Path dense = pruned("dense");
        for (SparseEncoding from : SparseEncodings.ALL) {
            for (SparseEncoding to : SparseEncodings.ALL) {
                Path in = export(dense, from.name());
                Path out = export(in, to.name());
                assertThat(mismatches(OnnxReader.read(dense), OnnxReader.read(out)))
                        .as(from.name() + " to " + to.name())
                        .isEmpty();
                assertThat(Cli.launch("verify-sparsity", out).output()).endsWith("verified\n");
            }
        }
    }

    private static List<String> mismatches(Model expected, Model actual) {
        return expected.graph().initializers().stream()
                .filter(value -> !actual.graph()
                        .value(value.name())
                        .flatMap(Value::constant)
                        .orElseThrow()
                        .decode()
                        .isSameAs(value.constant().orElseThrow().decode()))
                .map(Value::name)
                .toList();
    }

    @Test
    void givesTheDenseFileBack() throws IOException {
        Path dense = pruned("dense");
        for (SparseEncoding encoding : SparseEncodings.PACKED) {
            Path packed = export(dense, encoding.name());
            assertThat(packed).hasSameBinaryContentAs(pruned(encoding.name()));
            assertThat(export(packed, "dense")).hasSameBinaryContentAs(dense);
        }
    }

    @Test
    void autoIsTheSmallest() throws IOException {
        Path dense = pruned("dense");
        long auto = Files.size(export(dense, "auto"));
        for (SparseEncoding encoding : SparseEncodings.ALL) {
            assertThat(auto).isLessThanOrEqualTo(Files.size(export(dense, encoding.name())));
        }
    }

    @Test
    void printsSizes() {
        Path out = folder.resolve("out.onnx");
        Cli.Result result = Cli.launch("export", pruned("dense"), "--json", "-o", out);
        JsonNode json = JsonMapper.shared().readTree(result.output());
        assertThat(json.get("after").get("bytes").longValue())
                .isEqualTo(out.toFile().length());
        assertThat(json.get("after").get("gzipped").longValue())
                .isPositive()
                .isLessThan(out.toFile().length());
        assertThat(json.get("tensors").size()).isEqualTo(7);
    }

    @Test
    void movesDataOutInEveryEncoding() throws IOException {
        Path dense = pruned("dense");
        for (SparseEncoding encoding : SparseEncodings.ALL) {
            Path out = folder.resolve("out_" + encoding.name() + ".onnx");
            String data = encoding.name() + ".bin";
            Cli.Result result =
                    Cli.launch("export", dense, "--encoding", encoding.name(), "-o", out, "--external", data);
            assertThat(result.exitCode()).as(result.errorOutput()).isZero();
            Model model = OnnxReader.read(out);
            assertThat(model.externalFiles().isEmpty()).isEqualTo(encoding.equals(SparseEncodings.COO));
            assertThat(mismatches(OnnxReader.read(dense), model)).isEmpty();
            Cli.Result verdict = Cli.launch("verify-sparsity", out);
            assertThat(verdict.output()).endsWith("verified\n");
        }
    }

    @Test
    void putsDataNowhereButBesideTheModel() {
        Path in = pruned("dense");
        Path out = folder.resolve("out.onnx");
        for (String name : List.of("../out.bin", "a/b", "/out.bin", "..", "", "out.onnx")) {
            Cli.Result result = Cli.launch("export", in, "-o", out, "--external", name);
            assertThat(result.exitCode()).as(name).isEqualTo(2);
            assertThat(result.errorOutput()).contains("--external takes a file name without a folder");
        }
        String input = in.getFileName().toString();
        assertThat(Cli.launch("export", in, "-o", out, "--external", input).exitCode())
                .isEqualTo(3);
        assertThat(out).doesNotExist();
    }

    @Test
    void refusesAModelWithoutZerosAndOptionsThatExclude() {
        Path model = TestModels.inRepository("samples/digits_resnet.onnx");
        Path out = folder.resolve("out.onnx");
        Cli.Result nothing = Cli.launch("export", model, "-o", out);
        assertThat(nothing.exitCode()).isEqualTo(3);
        assertThat(nothing.errorOutput()).contains("no zeros to store in another form");
        assertThat(Cli.launch("export", model, "-o", out, "--encoding", "gap", "--fastest-load")
                        .exitCode())
                .isEqualTo(2);
        assertThat(out).doesNotExist();
    }

    @Test
    void fastestLoadTakesNothingThatIsDecodedByNodes() throws IOException {
        Path out = folder.resolve("out.onnx");
        assertThat(Cli.launch("export", pruned("gap"), "--fastest-load", "-o", out)
                        .exitCode())
                .isZero();
        assertThat(OnnxReader.read(out).graph().value("fc.weight").orElseThrow().constant())
                .hasValueSatisfying(constant -> assertThat(constant.storage()).isEqualTo("coo"));
    }

    @Test
    void roundsValuesOnRequestOnly() throws IOException {
        Path dense = pruned("dense");
        for (String form : List.of("f16", "i8")) {
            Path narrow = folder.resolve(form + ".onnx");
            Cli.Result result = Cli.launch("export", dense, "--values", form, "-o", narrow);
            assertThat(result.errorOutput()).isEmpty();
            assertThat(result.output()).contains("bitmap-" + form).contains("error max %");
            assertThat(Cli.launch("verify-sparsity", narrow).output()).endsWith("verified\n");
            // Without --values it is what was decoded, and the file with them is not rounded again.
            Path wide = export(narrow, "dense");
            assertThat(mismatches(OnnxReader.read(narrow), OnnxReader.read(wide)))
                    .isEmpty();
            assertThat(mismatches(OnnxReader.read(dense), OnnxReader.read(wide)))
                    .isNotEmpty();
            Path again = folder.resolve("again.onnx");
            Cli.launch("export", narrow, "--values", form, "-o", again, "--force");
            assertThat(mismatches(OnnxReader.read(narrow), OnnxReader.read(again)))
                    .isEmpty();
        }
    }

    @Test
    void doesNotRoundWhereNothingIsPacked() {
        Cli.Result result = Cli.launch(
                "export", pruned("dense"), "--encoding", "coo", "--values", "f16", "-o", folder.resolve("out.onnx"));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errorOutput())
                .startsWith("error: --values f16: values of f16 need an encoding that nodes decode: auto, gap, bitmap");
    }

    private Path export(Path model, String encoding) {
        Path out = folder.resolve(encoding + "_of_" + model.getFileName());
        Cli.Result result = Cli.launch("export", model, "--encoding", encoding, "-o", out);
        assertThat(result.exitCode()).as(result.errorOutput()).isZero();
        return out;
    }

    @Test
    void keepsWeightsPackedInTheRuntimesMemory() throws IOException {
        Path in = folder.resolve("in.onnx");
        Files.write(in, chain(8, 1024));
        Path pruned = folder.resolve("pruned.onnx");
        Cli.launch("prune", in, "-s", "0.95", "-o", pruned);
        Path out = folder.resolve("out.onnx");
        Cli.Result result = Cli.launch("export", pruned, "--compressed-in-memory", "--json", "-o", out);
        assertThat(result.exitCode()).as(result.errorOutput()).isZero();
        assertThat(OnnxReader.read(out).metadata("ort_config"))
                .contains("{\"session_options\":{\"graph_optimization_level\":0}}");
        JsonNode inMemory = JsonMapper.shared().readTree(result.output()).get("inMemory");
        assertThat(inMemory.get("sessionOptions").size()).isEqualTo(2);
        if (Footprint.isMeasurable()) {
            long folded = inMemory.get("choices").get(0).get("loadedBytes").longValue();
            long packed = inMemory.get("choices").get(1).get("loadedBytes").longValue();
            // Dense the weights take 33.6 MB, packed 2.1 MB.
            assertThat(folded - packed).as(inMemory.toPrettyString()).isGreaterThan(24_000_000);
        }
        Path back = folder.resolve("back.onnx");
        Cli.launch("export", out, "-o", back);
        assertThat(back).hasSameBinaryContentAs(pruned);
    }

    private static byte[] chain(int layers, int width) {
        Random random = new Random(1);
        ModelBuilder model = ModelBuilder.opset(17).input("x0", ElementType.F32, "N", width);
        for (int layer = 0; layer < layers; layer++) {
            float[] elements = new float[width * width];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = (float) random.nextGaussian();
            }
            model.initializer("w" + layer, DenseTensor.of(Shape.of(width, width), elements))
                    .node("MatMul", List.of("x" + layer, "w" + layer), List.of("x" + (layer + 1)));
        }
        return model.output("x" + layers, ElementType.F32, "N", width).toBytes();
    }

    @Test
    void refusesToKeepPackedWhatIsNotPacked() {
        Path in = pruned("dense");
        Path out = folder.resolve("out.onnx");
        for (List<Object> options : List.<List<Object>>of(List.of("--encoding", "coo"), List.of("--fastest-load"))) {
            List<Object> args = new ArrayList<>(List.of("export", in, "--compressed-in-memory", "-o", out));
            args.addAll(options);
            Cli.Result result = Cli.launch(args.toArray());
            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.errorOutput()).startsWith("error: --compressed-in-memory: only what nodes decode");
        }
        assertThat(out).doesNotExist();
    }
}
