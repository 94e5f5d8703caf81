package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ValidateCommandTest {
    private static final Path RESNET = TestModels.inRepository("samples/digits_resnet.onnx");
    private static final Path MLP = TestModels.inRepository("samples/digits_mlp.onnx");
    private static final Path DIGITS = TestModels.inRepository("samples/digits8x8.npz");

    @TempDir
    private Path folder;

    private static Cli.Result validate(Path original, Path pruned, Object... options) {
        List<Object> args =
                new ArrayList<>(List.of("validate", original, pruned, "--data", DIGITS, "--preprocess", "scale=1/16"));
        args.addAll(List.of(options));
        return Cli.launch(args.toArray());
    }

    private static JsonNode json(Path original, Path pruned, Object... options) {
        List<Object> args = new ArrayList<>(List.of(options));
        args.add("--json");
        Cli.Result result = validate(original, pruned, args.toArray());
        assertThat(result.errorOutput()).isEmpty();
        return JsonMapper.shared().readTree(result.output());
    }

    private static JsonNode probe(JsonNode report, String name) {
        for (JsonNode probe : report.get("probes")) {
            if (probe.get("probe").stringValue().equals(name)) {
                return probe;
            }
        }
        throw new AssertionError("no probe " + name);
    }

    private Path pruned(Path model, String share) {
        Path out = folder.resolve("pruned_" + share + ".onnx");
        assertThat(Cli.launch("prune", model, "-s", share, "-o", out).exitCode())
                .isZero();
        return out;
    }

    /// The model with one class that never wins.
    private Path withoutClass(int number) throws IOException {
        return withBias("destroyed.onnx", number, Float.NEGATIVE_INFINITY);
    }

    private Path withBias(String name, int number, float bias) throws IOException {
        Model model = OnnxReader.read(RESNET);
        Value value = model.graph().value("fc.bias").orElseThrow();
        DenseTensor old = value.constant().orElseThrow().decode();
        long[] bits = new long[(int) old.elementCount()];
        old.readBits(0, bits.length, bits);
        bits[number] = Float.floatToRawIntBits(bias);
        GraphPatch.labelled("change a bias")
                .replaceConstant(value, Constant.of(DenseTensor.ofBits(ElementType.F32, old.shape(), bits)))
                .apply();
        Path file = folder.resolve(name);
        OnnxWriter.write(model, file);
        return file;
    }

    @Test
    void shipsWhatLosesNothingAndExitsWithOneElse() {
        Cli.Result same = validate(RESNET, RESNET, "--probe", "accuracy,segments,edge");
        assertThat(same.output()).endsWith("digits_resnet.onnx: ship (decided by accuracy, segments)\n");
        assertThat(same.exitCode()).isZero();
        Cli.Result worse = validate(RESNET, pruned(RESNET, "0.95"), "--probe", "accuracy");
        assertThat(worse.output()).contains("accuracy  FAIL").endsWith(": do not ship (decided by accuracy)\n");
        assertThat(worse.exitCode()).isEqualTo(1);
        Cli.Result few = validate(RESNET, RESNET, "--probe", "accuracy", "--limit", 100);
        assertThat(few.output().replaceAll("\\s+", " ")).contains("more samples are needed to tell");
        assertThat(few.exitCode()).isEqualTo(1);
    }

    @Test
    void givesTheAccuracyOfTheSamples() {
        JsonNode found =
                probe(json(RESNET, MLP, "--probe", "accuracy"), "accuracy").get("found");
        // Of all 1,797 rows, the training rows among them; ONNX Runtime in Python counts 1,792 and 1,791.
        assertThat(found.get("original").doubleValue()).isEqualTo(1792 / 1797.0);
        assertThat(found.get("pruned").doubleValue()).isEqualTo(1791 / 1797.0);
        JsonNode paired = found.get("paired");
        assertThat(paired.get("lost").intValue() - paired.get("gained").intValue())
                .isEqualTo(1);
    }

    @Test
    void raisesNoAlarmOverAModelAgainstItself() {
        for (int seed = 0; seed < 2; seed++) {
            JsonNode report = json(RESNET, RESNET, "--probe", "accuracy,segments,edge,a/b", "--split", "--seed", seed);
            assertThat(report.get("verdict").stringValue()).isEqualTo("ship");
            assertThat(probe(report, "edge").get("answer").stringValue()).isEqualTo("pass");
            assertThat(probe(report, "edge").get("found").get("flips").intValue())
                    .isZero();
            assertThat(probe(report, "a/b").get("answer").stringValue()).isNotEqualTo("FAIL");
        }
    }

    @Test
    void failsTheSegmentThatIsDestroyedThoughTheWholePasses() throws IOException {
        JsonNode report = json(RESNET, withoutClass(3), "--probe", "accuracy,segments,edge", "--max-drop", "15");
        assertThat(probe(report, "accuracy").get("answer").stringValue()).isEqualTo("pass");
        JsonNode segments = probe(report, "segments");
        assertThat(segments.get("answer").stringValue()).isEqualTo("FAIL");
        assertThat(segments.get("reason").stringValue()).startsWith("class 3 lost most, 99.45 points");
        assertThat(report.get("verdict").stringValue()).isEqualTo("do not ship");
        assertThat(validate(RESNET, withoutClass(3), "--probe", "accuracy", "--max-drop", 15)
                        .exitCode())
                .isZero();
        JsonNode worst = probe(report, "edge").get("found").get("worst").get(0);
        assertThat(worst.get("label").intValue()).isEqualTo(3);
        assertThat(worst.get("original").get(0).get("number").intValue()).isEqualTo(3);
    }

    @Test
    void failsOutputsThatAreNoNumbers() throws IOException {
        JsonNode report = json(RESNET, withBias("nan.onnx", 0, Float.NaN), "--probe", "accuracy", "--max-drop", "100");
        assertThat(probe(report, "accuracy").get("answer").stringValue()).isEqualTo("FAIL");
        assertThat(probe(report, "accuracy").get("reason").stringValue())
                .isEqualTo("the pruned model's output is NaN for 1797 samples, the original's for 0");
    }

    @Test
    void comparesOutputsWhereThereAreNoLabels() {
        JsonNode report = json(RESNET, pruned(RESNET, "0.5"), "--task", "outputs", "--probe", "accuracy,segments");
        JsonNode found = probe(report, "accuracy").get("found");
        assertThat(found.get("original").doubleValue()).isEqualTo(1);
        assertThat(found.get("pruned").doubleValue()).isBetween(0.99, 0.99999);
        assertThat(found.get("prunedFigures").get(1).get("name").stringValue()).isEqualTo("same arg-max");
        assertThat(probe(report, "segments").get("answer").stringValue()).isEqualTo("-");
        assertThat(report.get("verdict").stringValue()).isEqualTo("ship");
    }

    @Test
    void saysNothingOfLatencyAndMemoryThatItDidNotMeasure() {
        JsonNode report = json(
                RESNET, pruned(RESNET, "0.5"), "--probe", "latency,memory", "--gate", "memory", "--latency-seconds", 0);
        JsonNode latency = probe(report, "latency").get("found");
        assertThat(latency.get("rounds").intValue()).isGreaterThanOrEqualTo(30);
        assertThat(latency.get("original").get("p50").doubleValue()).isPositive();
        JsonNode memory = probe(report, "memory").get("found");
        if (Files.exists(Path.of("/proc/self/clear_refs"))) {
            assertThat(memory.get("original").get("peak").longValue()).isPositive();
            assertThat(memory.get("pruned").get("peak").longValue()).isPositive();
        }
    }

    @Test
    void writesAPageThatEscapesWhatItShows() throws IOException {
        Path odd = Files.copy(RESNET, folder.resolve("a<b>&'.onnx"));
        Path page = folder.resolve("report.html");
        assertThat(validate(RESNET, odd, "--probe", "accuracy,segments,edge", "--html", page)
                        .exitCode())
                .isZero();
        String html = Files.readString(page);
        assertThat(html).startsWith("<!DOCTYPE html>").endsWith("</body></html>\n");
        assertThat(html).contains("a&lt;b&gt;&amp;&#39;.onnx").doesNotContain("a<b>");
        assertThat(html).doesNotContain("<script", "http:", "https:");
    }

    @Test
    void printsTheSameForAnyNumberOfThreads() {
        Path pruned = pruned(RESNET, "0.9");
        Object[] options = {"--probe", "accuracy,segments,edge,a/b", "--split", "--noise", "0.2"};
        List<Object> one = new ArrayList<>(List.of(options));
        one.addAll(List.of("--threads", 1));
        assertThat(validate(RESNET, pruned, one.toArray()).output())
                .isEqualTo(validate(RESNET, pruned, options).output());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--task=guessing|2|'guessing' is not a task",
                "--probe=speed|2|'speed' is none of",
                "--gate=speed|2|'speed' is none of",
                "--preprocess=gamma=2|2|'gamma' is no part of it",
                "--labels=input|3|segmentation wants an output",
                "--batch=0|2|--batch and --limit are numbers from 1 on",
                "--limit=0|2|--batch and --limit are numbers from 1 on",
                "--batch=999999999|3|is too large",
                "--latency-batch=0|2|--latency-batch and --latency-threads are numbers from 1 on",
                "--metric=f1|2|'f1' is not a metric: there are accuracy, top-5",
                "--metric=rmse|2|--metric rmse is none of the task classification, which has accuracy, top-5, macro-f1",
                "--text=a|2|--max-tokens and --text are about texts: give --tokenizer",
                "--labels=none|3|the data has no array 'none'",
                "--where=none|3|the data has no array 'none'",
                "--segment=none|3|the data has no array 'none'",
                "--output=none|3|the model has no output 'none'",
                "--input=x=input|3|the model has no input 'x'",
                "--task=regression|3|the output has 10 numbers for a sample, its label has 1"
            })
    void answersAMistakeWithOneError(String option, int exitCode, String words) {
        Cli.Result result = validate(RESNET, RESNET, "--probe", "accuracy,segments", option);
        if (option.startsWith("--probe")) {
            result = validate(RESNET, RESNET, option);
        }
        assertThat(result.errorOutput()).startsWith("error: ").contains(words);
        assertThat(result.exitCode()).as(result.errorOutput()).isEqualTo(exitCode);
        assertThat(result.output()).isEmpty();
    }

    /// A folder for each class with an image of 8 x 8.
    private Path images(int classes) throws IOException {
        Path images = folder.resolve("images" + classes);
        for (int c = 0; c < classes; c++) {
            Path file =
                    Files.createDirectories(images.resolve("class" + (10 + c))).resolve("a.png");
            ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
        }
        return images;
    }

    private static Cli.Result accuracy(Path data, Object... options) {
        List<Object> args = new ArrayList<>(List.of("accuracy", RESNET, "--data", data));
        args.addAll(List.of(options));
        return Cli.launch(args.toArray());
    }

    @Test
    void listsImagesThatDoNotDecodeAndFailsAboveTheLimit() throws IOException {
        Path images = images(3);
        Files.writeString(images.resolve("class11/b.png"), "no image");
        Cli.Result strict = accuracy(images);
        assertThat(strict.exitCode()).isEqualTo(1);
        assertThat(strict.output())
                .contains("1 samples could not be read, allowed are 0:")
                .contains("b.png' is no image of a known format")
                .contains("class1");
        assertThat(accuracy(images, "--max-bad", 1).exitCode()).isZero();
        Cli.Result both =
                Cli.launch("validate", RESNET, RESNET, "--data", images, "--probe", "accuracy", "--max-drop", 100);
        assertThat(both.output()).endsWith("do not ship (decided by samples that could not be read)\n");
        assertThat(both.exitCode()).isEqualTo(1);
    }

    @Test
    void keepsNoRowWhereACellIsEmptyAndMakesThemASegmentOfTheirOwn() throws IOException {
        for (int i = 0; i < 4; i++) {
            ImageIO.write(
                    new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY),
                    "png",
                    folder.resolve(i + ".png").toFile());
        }
        Path table = Files.writeString(
                folder.resolve("a.csv"),
                "input,labels,keep,place\n0.png,1,true,north\n1.png,1,,\n2.png,1,false,south\n3.png,1,true,\n");
        Object[] options = {"validate", RESNET, RESNET, "--data", table, "--probe", "segments", "--segment", "place"};
        JsonNode all = JsonMapper.shared()
                .readTree(Cli.launch(Stream.concat(Stream.of(options), Stream.of("--json"))
                                .toArray())
                        .output());
        assertThat(probe(all, "segments").get("found").get("segments").valueStream())
                .extracting(segment -> segment.get("name").stringValue() + " "
                        + segment.get("samples").intValue())
                .containsExactlyInAnyOrder("north 1", "south 1", "(none) 2");
        assertThat(accuracy(table, "--where", "keep").output()).contains("\n2 samples of ");
        assertThat(accuracy(table, "--where", "!keep").output()).contains("\n1 samples of ");
    }

    @Test
    void saysWhatIsWrongWithTheData() throws IOException {
        assertRefused(images(11), "label out of range: sample 10 has 10, the model has classes 0 to 9");
        assertRefused(Files.createDirectories(folder.resolve("empty")), "neither images nor arrays nor test data");
        byte[] whole = Files.readAllBytes(DIGITS);
        Path cut = Files.write(folder.resolve("cut.npz"), Arrays.copyOf(whole, whole.length / 2));
        assertRefused(cut, "not a NumPy archive");
        assertRefused(Files.writeString(folder.resolve("a.csv"), "input,labels\n"), "an empty table");
        assertRefused(Files.writeString(folder.resolve("a.parquet"), "x"), "not a kind of data that can be read");
        assertRefused(folder.resolve("none.npz"), "none.npz");
    }

    private static void assertRefused(Path data, String words) {
        Cli.Result result = accuracy(data);
        assertThat(result.exitCode()).as(result.errorOutput()).isEqualTo(3);
        assertThat(result.errorOutput()).startsWith("error: ").contains(words);
        assertThat(result.output()).isEmpty();
    }

    @Test
    void saysThatTheRuntimeRefusesAModel() throws IOException {
        Path unknown = folder.resolve("unknown.onnx");
        Files.write(
                unknown,
                ModelBuilder.opset(17)
                        .input("input", ElementType.F32, "N", 1, 8, 8)
                        .node("NoSuchOperator", List.of("input"), List.of("logits"))
                        .output("logits", ElementType.F32, "N", 10)
                        .toBytes());
        Cli.Result result = Cli.launch("accuracy", unknown, "--data", DIGITS);
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.errorOutput())
                .contains("ONNX Runtime refuses the model")
                .contains("NoSuchOperator");
    }

    @Test
    void canBeDecidedByAnotherFigure() {
        JsonNode report = json(RESNET, MLP, "--probe", "accuracy,a/b", "--metric", "macro-f1", "--max-drop", "3");
        JsonNode found = probe(report, "accuracy").get("found");
        assertThat(found.get("original").doubleValue()).isBetween(0.99, 0.9999);
        assertThat(found.get("paired").isNull()).isTrue();
        assertThat(probe(report, "a/b").get("answer").stringValue()).isEqualTo("-");
    }

    @Test
    void refusesModelsThatCannotTakeEachOthersPlace() throws IOException {
        Path other = folder.resolve("other.onnx");
        Files.write(
                other,
                ModelBuilder.opset(17)
                        .input("input", ElementType.F32, "N", 10)
                        .node("Identity", List.of("input"), List.of("logits"))
                        .output("logits", ElementType.F32, "N", 10)
                        .toBytes());
        Cli.Result result = validate(RESNET, other, "--probe", "accuracy");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.errorOutput()).contains("the models have different inputs");
    }

    @Test
    void givesTheKnownFiguresOfRealModels() {
        Path data = TestModels.shared("../data");
        check("classify/mnist8.onnx", data.resolve("mnist_t10k.npz"), 9891 / 10_000.0);
        check(
                "classify/mnist_bn.onnx",
                data.resolve("mnist_t10k.npz"),
                9916 / 10_000.0,
                "--preprocess",
                "scale=1/255,mean=.1307,std=.3081");
        check("audio/fsdd_gru.onnx", data.resolve("fsdd_logmel40.npz"), 278 / 300.0, "--where", "test");
        check(
                "classify/resnet8_fused.onnx",
                data.resolve("cifar10_test.npz"),
                7958 / 10_000.0,
                "--preprocess",
                "scale=1/255,mean=.4914:.4822:.4465,std=.2471:.2435:.2616");
    }

    private static void check(String name, Path data, double accuracy, Object... options) {
        Path model = TestModels.shared(name);
        List<Object> args =
                new ArrayList<>(List.of("validate", model, model, "--data", data, "--probe", "accuracy", "--json"));
        args.addAll(List.of(options));
        JsonNode report =
                JsonMapper.shared().readTree(Cli.launch(args.toArray()).output());
        assertThat(probe(report, "accuracy").get("found").get("original").doubleValue())
                .isEqualTo(accuracy);
    }
}
