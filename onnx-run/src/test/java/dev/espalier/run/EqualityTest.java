package dev.espalier.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.TestModels;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.EncodingChoice;
import dev.espalier.pruning.Progress;
import dev.espalier.pruning.PruneRequest;
import dev.espalier.pruning.Pruner;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.sparse.DenseTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EqualityTest {
    private static final Path MLP = TestModels.inRepository("samples/digits_mlp.onnx");

    @TempDir
    private Path folder;

    private Path packed = Path.of("");
    private Path constant = Path.of("");
    private Path open = Path.of("");

    @BeforeEach
    void prune() throws IOException {
        Model model = OnnxReader.read(MLP);
        PruneRequest request = PruneRequest.of(Sparsity.parse("0.8"), Scopes.LAYER);
        Pruner.apply(
                model, PruningPlan.of(WeightSearch.in(model), request), EncodingChoice.parse("gap"), Progress.NONE);
        packed = write(model, "packed.onnx");
        constant = write(dense(DenseForm.CONSTANT), "constant.onnx");
        open = write(dense(DenseForm.OPEN), "open.onnx");
    }

    private Path write(Model model, String name) throws IOException {
        Path file = folder.resolve(name);
        OnnxWriter.write(model, file);
        return file;
    }

    private Model dense(DenseForm form) throws IOException {
        Model model = OnnxReader.read(packed);
        assertThat(form.applyTo(model)).isTrue();
        return model;
    }

    private Map<String, List<String>> differing(Path... forms) throws IOException, ModelRunException {
        return Equality.onRandom(packed, OnnxReader.read(packed).graph(), 0).differing(List.of(forms));
    }

    @Test
    void everyLevelComputesWithTheKernelsOfOneOfTheForms() throws Exception {
        assertThat(differing(constant, open)).isEmpty();
        // What is decoded during the run is not laid out in advance, what is folded is.
        assertThat(differing(constant)).containsOnlyKeys("logits");
        assertThat(differing(constant)).containsEntry("logits", List.of("no optimization"));
        assertThat(differing(open).get("logits")).contains("basic", "all").doesNotContain("no optimization");
    }

    @Test
    void aSingleZeroThatCameBackIsFoundAtEveryLevel() throws Exception {
        for (DenseForm form : DenseForm.values()) {
            Model model = dense(form);
            revive(model.graph().value("fc1.weight").orElseThrow());
            write(model, form == DenseForm.CONSTANT ? "constant.onnx" : "open.onnx");
        }
        assertThat(differing(constant, open))
                .containsExactly(Map.entry("logits", List.of("no optimization", "basic", "extended", "all")));
    }

    @Test
    void comparesOnDataToo() throws Exception {
        try (Dataset data = Dataset.open(TestModels.inRepository("samples/digits8x8.npz"))) {
            FeedRequest request = FeedRequest.of(600);
            Equality equality =
                    Equality.on(packed, Trials.of(data, OnnxReader.read(packed).graph(), request));
            assertThat(equality.differing(List.of(constant, open))).isEmpty();
            Model model = dense(DenseForm.CONSTANT);
            // Of the first pixel, which is black in all samples, no weight matters.
            revive(model.graph().value("fc2.weight").orElseThrow());
            write(model, "constant.onnx");
            assertThat(equality.differing(List.of(constant)).get("logits")).contains("all");
        }
    }

    /// Gives a zero the value that the first other element has.
    private static void revive(Value weight) {
        DenseTensor old = weight.constant().orElseThrow().decode();
        long[] bits = new long[(int) old.elementCount()];
        old.readBits(0, bits.length, bits);
        int zero = 0;
        int value = 0;
        while (bits[zero] != 0) {
            zero++;
        }
        while (bits[value] == 0) {
            value++;
        }
        bits[zero] = bits[value];
        GraphPatch.labelled("revive")
                .replaceConstant(weight, Constant.of(DenseTensor.ofBits(old.type(), old.shape(), bits)))
                .apply();
    }
}
