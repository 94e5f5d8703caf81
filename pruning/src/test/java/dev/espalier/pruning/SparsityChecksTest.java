package dev.espalier.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.sparse.CooTensor;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Each check finds what it is for, and nothing in a file that is as promised.
final class SparsityChecksTest {
    private static final String WEIGHT = "w";

    private static Model pruned(String encoding) {
        float[] values = new float[200];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        Model model = ModelBuilder.opset(17)
                .input("x", ElementType.F32, "N", 2)
                .initializer(WEIGHT, DenseTensor.of(Shape.of(2, 100), values))
                .node("MatMul", List.of("x", WEIGHT), List.of("y"))
                .output("y", ElementType.F32, "N", 100)
                .build();
        PruneRequest request = PruneRequest.of(Sparsity.parse("0.9"), Scopes.LAYER);
        Pruner.apply(
                model, PruningPlan.of(WeightSearch.in(model), request), EncodingChoice.parse(encoding), Progress.NONE);
        return model;
    }

    private static Value weight(Model model) {
        return model.graph().value(WEIGHT).orElseThrow();
    }

    private static void setBits(Model model, int index, float value) {
        DenseTensor old = weight(model).constant().orElseThrow().decode();
        float[] values = new float[(int) old.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i == index ? value : Float.intBitsToFloat((int) old.bitsAt(i));
        }
        replace(model, Constant.of(DenseTensor.of(old.shape(), values)));
    }

    private static void replace(Model model, Constant constant) {
        GraphPatch.labelled("tamper").replaceConstant(weight(model), constant).apply();
    }

    private static Verdict verify(Model model) {
        return verify(model, null, null);
    }

    private static Verdict verify(Model model, @Nullable String expected, @Nullable Model reference) {
        Evidence evidence =
                Evidence.of(model, Optional.ofNullable(expected).map(Sparsity::parse), Optional.ofNullable(reference));
        return Verdict.of(evidence, SparsityChecks.ALL);
    }

    private static void finds(Verdict verdict, Finding.Kind kind) {
        assertThat(verdict.holds()).isFalse();
        assertThat(verdict.isRefuted()).isTrue();
        assertThat(verdict.findings()).extracting(Finding::kind).contains(kind);
        assertThat(verdict.findings()).extracting(Finding::tensor).contains(WEIGHT);
    }

    @Test
    void findNothingInWhatPruneMakes() {
        for (String encoding : List.of("auto", "dense", "coo", "gap", "bitmap")) {
            Verdict verdict = verify(pruned(encoding), "0.9", pruned("coo"));
            assertThat(verdict.findings())
                    .filteredOn(f -> f.kind() != Finding.Kind.DENSIFIED || !encoding.equals("dense"))
                    .isEmpty();
        }
        assertThat(verify(pruned("auto")).holds()).isTrue();
    }

    @Test
    void findAZeroThatCameBack() {
        Model model = pruned("dense");
        setBits(model, 17, 1e-30f);
        finds(verify(model), Finding.Kind.ZERO_REVIVED);
        assertThat(verify(model).findings().getFirst().detail()).isEqualTo("1 of 180 promised zeros have a value");
    }

    @Test
    void findAValueThatWasLost() {
        Model model = pruned("dense");
        setBits(model, 199, 0);
        finds(verify(model), Finding.Kind.VALUE_LOST);
    }

    @Test
    void findZerosThatMoved() {
        Model model = pruned("dense");
        setBits(model, 199, 0);
        setBits(model, 3, 1);
        finds(verify(model), Finding.Kind.ZEROS_MOVED);
    }

    @Test
    void findATensorThatIsDenseNow() {
        Model model = pruned("coo");
        replace(model, Constant.of(weight(model).constant().orElseThrow().decode()));
        Verdict verdict = verify(model);
        finds(verdict, Finding.Kind.DENSIFIED);
        assertThat(verdict.findings()).hasSize(1);
    }

    @Test
    void findTheUnprunedOriginalLeftBehind() {
        float[] original = new float[200];
        for (int i = 0; i < original.length; i++) {
            original[i] = i + 1;
        }
        for (String encoding : List.of("dense", "coo", "gap", "bitmap")) {
            Model model = withUnread(pruned(encoding), original);
            Verdict verdict = verify(model);
            assertThat(verdict.findings()).extracting(Finding::kind).containsExactly(Finding.Kind.TWIN_LEFT);
            assertThat(verdict.findings().getFirst().tensor()).isEqualTo("left");
            assertThat(verdict.findings().getFirst().detail()).contains("it has the values of 'w'");
            original[199] = -1;
            assertThat(verify(withUnread(pruned(encoding), original)).holds()).isTrue();
            original[199] = 200;
        }
    }

    /// The same model with another initializer, which nothing reads.
    private static Model withUnread(Model model, float[] values) {
        Model other = ModelBuilder.opset(17)
                .input("x", ElementType.F32, "N", 2)
                .initializer(WEIGHT, weight(model).constant().orElseThrow().decode())
                .initializer("left", DenseTensor.of(Shape.of(2, 100), values))
                .node("MatMul", List.of("x", WEIGHT), List.of("y"))
                .output("y", ElementType.F32, "N", 100)
                .build();
        replace(other, weight(model).constant().orElseThrow());
        other.setMetadata(Manifest.KEY, model.metadata(Manifest.KEY).orElseThrow());
        return other;
    }

    @Test
    void findMoreBytesThanPromised() {
        Model model = pruned("gap");
        String manifest = model.metadata(Manifest.KEY).orElseThrow();
        Model large = ModelBuilder.opset(17)
                .initializer(WEIGHT, DenseTensor.zeros(ElementType.F32, Shape.of(100, 100)))
                .build();
        String promise = Manifest.of(model).tensors().getFirst().digest();
        Mask zeros = Mask.ofNonZeros(weight(large).constant().orElseThrow().decode(), Quantization.NONE);
        large.setMetadata(
                Manifest.KEY,
                manifest.replace("[2,100]", "[100,100]").replace("180", "10000").replace(promise, zeros.digest()));
        DenseTensor ones = DenseTensor.of(Shape.of(100, 100), ones(10_000));
        replace(
                large,
                Constant.of(CooTensor.of(
                        weight(large).constant().orElseThrow().decode(), Mask.ofNonZeros(ones, Quantization.NONE))));
        finds(verify(large), Finding.Kind.LARGER_THAN_PROMISED);
    }

    @Test
    void findATensorThatIsMissing() {
        Model model = ModelBuilder.opset(17)
                .input("x", ElementType.F32, 1)
                .node("Relu", List.of("x"), List.of("y"))
                .build();
        model.setMetadata(Manifest.KEY, pruned("coo").metadata(Manifest.KEY).orElseThrow());
        finds(verify(model), Finding.Kind.TENSOR_MISSING);
    }

    @Test
    void findATensorOfAnotherShape() {
        Model model = ModelBuilder.opset(17)
                .initializer(WEIGHT, DenseTensor.of(Shape.of(100, 2), new float[200]))
                .build();
        model.setMetadata(Manifest.KEY, pruned("coo").metadata(Manifest.KEY).orElseThrow());
        finds(verify(model), Finding.Kind.TENSOR_CHANGED);
    }

    @Test
    void findInvalidSparseTensors() {
        DenseTensor dense = weight(pruned("coo")).constant().orElseThrow().decode();
        // All elements, the zeros too.
        Mask everything = Mask.ofNonZeros(DenseTensor.of(dense.shape(), ones(200)), Quantization.NONE);
        Model model = pruned("coo");
        replace(model, Constant.of(CooTensor.of(dense, everything)));
        Model read = reread(model);
        finds(verify(read), Finding.Kind.INVALID_SPARSE);
        finds(verify(read), Finding.Kind.LARGER_THAN_DENSE);
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static Model reread(Model model) {
        try {
            Path file = Files.createTempFile("espalier", ".onnx");
            OnnxWriter.write(model, file);
            Model read = OnnxReader.read(file);
            Files.delete(file);
            return read;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void findTooFewZeros() {
        Verdict verdict = verify(pruned("coo"), "0.95", null);
        assertThat(verdict.findings()).extracting(Finding::kind).containsExactly(Finding.Kind.TOO_FEW_ZEROS);
        assertThat(verify(pruned("coo"), "0.9", null).holds()).isTrue();
    }

    @Test
    void findWhereAnotherModelHasZeros() {
        Model model = pruned("coo");
        setBits(model, 102, 5);
        Verdict verdict = verify(model, null, pruned("coo"));
        finds(verdict, Finding.Kind.ZERO_REVIVED);
        finds(verdict, Finding.Kind.DENSIFIED);
        assertThat(verdict.findings())
                .extracting(Finding::detail)
                .contains("1 of 180 zeros have a value, the first at [1, 2]");
    }

    @Test
    void wantSomethingToHoldTheFileAgainst() {
        Model model = ModelBuilder.opset(17).build();
        assertThatThrownBy(() -> verify(model))
                .isInstanceOf(PruningException.class)
                .hasMessageContaining("nothing to verify against");
    }

    @Test
    void refuseAManifestThatCannotBeRead() {
        for (String json : List.of(
                "", "{", "[]", "null", "{\"version\":2}", "{\"version\":1}", "{\"version\":1,\"tensors\":[{}]}")) {
            Model model = ModelBuilder.opset(17).build();
            model.setMetadata(Manifest.KEY, json);
            assertThatThrownBy(() -> verify(model)).isInstanceOf(PruningException.class);
        }
    }
}
