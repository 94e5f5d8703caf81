package dev.espalier.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.TestModels;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.scope.Scope;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.PackedEncoding;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparseEncodings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

final class PrunerTest {
    private static final EncodingChoice DENSE = EncodingChoice.parse("dense");
    private static final EncodingChoice COO = EncodingChoice.parse("coo");

    @TempDir
    private Path folder;

    private static ModelBuilder twoLayers() {
        return ModelBuilder.opset(17)
                .input("x", ElementType.F32, "N", 4)
                .initializer("a", DenseTensor.of(Shape.of(4, 2), 1, -2, 3, -4, 5, -6, 7, -8))
                .initializer("b", DenseTensor.of(Shape.of(2, 2), 0.5f, 9, -0f, 0.25f))
                .initializer("bias", DenseTensor.of(Shape.of(2), 1, 2))
                .node("MatMul", List.of("x", "a"), List.of("h"))
                .node("Gemm", List.of("h", "b", "bias"), List.of("y"))
                .output("y", ElementType.F32, "N", 2);
    }

    private static PruningResult prune(Model model, String sparsity, Scope scope, EncodingChoice encoding) {
        return prune(model, PruneRequest.of(Sparsity.parse(sparsity), scope), encoding);
    }

    private static PruningResult prune(Model model, PruneRequest request, EncodingChoice encoding) {
        return Pruner.apply(model, PruningPlan.of(WeightSearch.in(model), request), encoding, Progress.NONE);
    }

    private static PruneRequest request(String sparsity, List<String> include, List<String> exclude) {
        return new PruneRequest(
                List.of(magnitude(sparsity, Scopes.LAYER)),
                include.stream().map(NameGlob::of).toList(),
                exclude.stream().map(NameGlob::of).toList(),
                0);
    }

    private static PruneRule magnitude(String sparsity, Scope scope) {
        return PruneRule.forAll(
                Sparsity.parse(sparsity), new PatternChoice.Unstructured(), scope, PruningMethods.MAGNITUDE);
    }

    private static float[] floats(Model model, String name) {
        DenseTensor tensor =
                model.graph().value(name).flatMap(Value::constant).orElseThrow().decode();
        float[] floats = new float[(int) tensor.elementCount()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = Float.intBitsToFloat((int) tensor.bitsAt(i));
        }
        return floats;
    }

    @Test
    void zeroesTheSmallestOfEveryLayer() {
        Model model = twoLayers().build();
        PruningResult result = prune(model, "0.5", Scopes.LAYER, DENSE);
        assertThat(floats(model, "a")).containsExactly(0, 0, 0, 0, 5, -6, 7, -8);
        assertThat(floats(model, "b")).containsExactly(0.5f, 9, 0, 0);
        assertThat(floats(model, "bias")).containsExactly(1, 2);
        assertThat(result.layers()).extracting(LayerResult::zeros).containsExactly(4L, 2L);
        assertThat(result.layers()).extracting(LayerResult::zerosBefore).containsExactly(0L, 1L);
    }

    @Test
    void zeroesTheSmallestOfAllLayersTogether() {
        Model model = twoLayers().build();
        PruningResult result = prune(model, "0.5", Scopes.GLOBAL, DENSE);
        assertThat(floats(model, "a")).containsExactly(0, 0, 0, -4, 5, -6, 7, -8);
        assertThat(floats(model, "b")).containsExactly(0, 9, 0, 0);
        assertThat(result.zeros()).isEqualTo(6);
    }

    @Test
    void breaksTiesByIndex() {
        Model model = ModelBuilder.opset(17)
                .input("x", ElementType.F32, 1, 6)
                .initializer("w", DenseTensor.of(Shape.of(6, 1), 1, -1, 1, -1, 1, -1))
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .build();
        prune(model, "0.5", Scopes.LAYER, DENSE);
        assertThat(floats(model, "w")).containsExactly(0, 0, 0, -1, 1, -1);
    }

    @Test
    void neverPrunesNanAndInfinity() {
        Model model = ModelBuilder.opset(17)
                .input("x", ElementType.F32, 1, 4)
                .initializer("w", DenseTensor.of(Shape.of(4, 1), Float.NaN, 1, Float.NEGATIVE_INFINITY, 2))
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .build();
        PruningResult result = prune(model, "1", Scopes.LAYER, DENSE);
        assertThat(floats(model, "w")).containsExactly(Float.NaN, 0, Float.NEGATIVE_INFINITY, 0);
        assertThat(result.layers().getFirst().unprunable()).isEqualTo(2);
    }

    @Test
    void keepsZerosThatAreThereBeyondTheTarget() {
        Model model = ModelBuilder.opset(17)
                .input("x", ElementType.F32, 1, 4)
                .initializer("w", DenseTensor.of(Shape.of(4, 1), 0, 0, -0f, 1))
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .build();
        PruningResult result = prune(model, "0.25", Scopes.LAYER, DENSE);
        assertThat(result.layers().getFirst().zeros()).isEqualTo(3);
        assertThat(floats(model, "w")).containsExactly(0, 0, 0, 1);
    }

    @Test
    void prunesQuantizedWeightsToTheirZeroPoint() {
        Model model = ModelBuilder.opset(17)
                .input("x", ElementType.F32, "N", 2)
                .initializer("q", DenseTensor.ofBits(ElementType.U8, Shape.of(2, 2), 120, 131, 128, 250))
                .initializer("s", DenseTensor.of(Shape.of(), 0.1f))
                .initializer("z", DenseTensor.ofBits(ElementType.U8, Shape.of(), 128))
                .node("DequantizeLinear", List.of("q", "s", "z"), List.of("w"))
                .node("Gemm", List.of("x", "w"), List.of("y"))
                .build();
        PruningResult result = prune(model, "0.5", Scopes.LAYER, COO);
        DenseTensor pruned =
                model.graph().value("q").flatMap(Value::constant).orElseThrow().decode();
        assertThat(pruned.bitsAt(0)).isEqualTo(120);
        assertThat(pruned.bitsAt(1)).isEqualTo(128);
        assertThat(result.layers().getFirst().encoding().name()).isEqualTo("dense");
        assertThat(result.layers().getFirst().encodingNote())
                .hasValueSatisfying(note -> assertThat(note).contains("zero point"));
    }

    @Test
    void includesAndExcludesByNodeAndTensorName() {
        Model model = twoLayers().build();
        prune(model, request("1", List.of("Gemm_*"), List.of()), DENSE);
        assertThat(floats(model, "a")).doesNotContain(0);
        assertThat(floats(model, "b")).containsOnly(0);
        Model other = twoLayers().build();
        prune(other, request("1", List.of(), List.of("b")), DENSE);
        assertThat(floats(other, "a")).containsOnly(0);
        assertThat(floats(other, "b")).contains(9);
    }

    @Test
    void prunesWhatIsNoWeightOnlyByItsExactName() {
        Model model = twoLayers().build();
        PruningResult all = prune(model, request("0.5", List.of("*"), List.of()), DENSE);
        assertThat(all.layers()).hasSize(2);
        PruningResult named = prune(twoLayers().build(), request("0.5", List.of("*", "bias"), List.of()), DENSE);
        assertThat(named.layers()).extracting(l -> l.weight().name()).containsExactly("a", "b", "bias");
    }

    @Test
    void refusesNamesThatMeanNothing() {
        for (PruneRequest request :
                List.of(request("0.5", List.of("conv*"), List.of()), request("0.5", List.of(), List.of("conv*")))) {
            Model model = twoLayers().build();
            assertThatThrownBy(() -> prune(model, request, DENSE))
                    .isInstanceOf(PruningException.class)
                    .hasMessage("no node or tensor is named 'conv*'");
        }
    }

    @Test
    void givesLayersSparsitiesOfTheirOwn() {
        PruneRule all = magnitude("0.5", Scopes.GLOBAL);
        PruneRequest request = new PruneRequest(
                List.of(
                        all,
                        PruneRule.ofLayers("*", "1", all.settings()),
                        PruneRule.ofLayers("b", "0.75", all.settings())),
                List.of(),
                List.of(),
                0);
        Model model = twoLayers().build();
        prune(model, request, DENSE);
        assertThat(floats(model, "a")).containsOnly(0);
        assertThat(floats(model, "b")).containsExactly(0, 9, 0, 0);
    }

    @Test
    void drawsLotsBySeed() {
        Model one = twoLayers().build();
        Model same = twoLayers().build();
        Model other = twoLayers().build();
        for (Model model : List.of(one, same, other)) {
            PruneRule rule = PruneRule.forAll(
                    Sparsity.parse("0.5"), new PatternChoice.Unstructured(), Scopes.LAYER, PruningMethods.RANDOM);
            PruneRequest request = new PruneRequest(List.of(rule), List.of(), List.of(), model == other ? 2 : 1);
            PruningResult result = prune(model, request, DENSE);
            assertThat(result.layers()).extracting(LayerResult::zeros).containsExactly(4L, 2L);
        }
        assertThat(floats(one, "a")).isEqualTo(floats(same, "a")).isNotEqualTo(floats(other, "a"));
    }

    @Test
    void storesSparseWhereThatIsSmallerAndRaisesTheIrVersionForIt() {
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        Model model = twoLayers()
                .irVersion(4)
                .initializer("big", DenseTensor.of(Shape.of(2, 500), values))
                .node("MatMul", List.of("y", "big"), List.of("z"))
                .output("z", ElementType.F32, "N", 500)
                .build();
        PruneRule all = magnitude("0.25", Scopes.LAYER);
        PruneRequest request = new PruneRequest(
                List.of(all, PruneRule.ofLayers("big", "0.9", all.settings())), List.of(), List.of(), 0);
        PruningResult result = prune(model, request, EncodingChoice.AUTO);
        assertThat(result.layers()).extracting(l -> l.encoding().name()).containsExactly("dense", "dense", "coo");
        assertThat(model.graph().value("big").flatMap(Value::constant)).get().isInstanceOf(Constant.Sparse.class);
        assertThat(result.raisedIrVersion()).hasValue(4);
        assertThat(model.irVersion()).isEqualTo(6);
    }

    @Test
    void raisesTheIrVersionForInitializersThatAreNoInputs() {
        for (PackedEncoding encoding : SparseEncodings.PACKED) {
            Model model = ModelBuilder.opset(11)
                    .irVersion(3)
                    .input("x", ElementType.F32, 1, 2)
                    .node("Constant", List.of(), List.of("w"), "value", DenseTensor.of(Shape.of(2, 2), 1, 2, 3, 4))
                    .node("MatMul", List.of("x", "w"), List.of("y"))
                    .output("y", ElementType.F32, 1, 2)
                    .build();
            PruningResult result = prune(model, "0.5", Scopes.LAYER, EncodingChoice.parse(encoding.name()));
            assertThat(model.graph().value("w").flatMap(Value::constant)).get().isInstanceOf(Constant.Packed.class);
            assertThat(result.raisedIrVersion()).hasValue(3);
            assertThat(model.irVersion()).isEqualTo(4);
        }
    }

    @Test
    void keepsTheInterfaceDense() {
        Model model = twoLayers().input("a", ElementType.F32, 4, 2).build();
        PruningResult result = prune(model, "0.9", Scopes.LAYER, COO);
        assertThat(result.layers().getFirst().encoding().name()).isEqualTo("dense");
        assertThat(result.layers().getFirst().encodingNote())
                .hasValueSatisfying(note -> assertThat(note).contains("graph input"));
    }

    @Test
    void keepsConstantNodesDenseBeforeOpset11() {
        Model model = ModelBuilder.opset(10)
                .input("x", ElementType.F32, 1, 2)
                .node("Constant", List.of(), List.of("w"), "value", DenseTensor.of(Shape.of(2, 2), 1, 2, 3, 4))
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .build();
        PruningResult result = prune(model, "0.5", Scopes.LAYER, COO);
        assertThat(floats(model, "w")).containsExactly(0, 0, 3, 4);
        assertThat(result.layers().getFirst().encodingNote())
                .hasValueSatisfying(note -> assertThat(note).contains("opset 11"));
    }

    @Test
    void prunesASparseModelFurther() {
        Model model = twoLayers().build();
        prune(model, "0.5", Scopes.LAYER, COO);
        PruningResult again = prune(model, "0.75", Scopes.LAYER, COO);
        assertThat(floats(model, "a")).containsExactly(0, 0, 0, 0, 0, 0, 7, -8);
        assertThat(again.layers().getFirst().zerosBefore()).isEqualTo(4);
        assertThat(Manifest.of(model).tensors()).hasSize(2);
    }

    @ParameterizedTest
    @FieldSource("dev.espalier.pruning.scope.Scopes#ALL")
    void writesTheSameBytesForAnyNumberOfThreads(Scope scope) throws Exception {
        for (Path sample : TestModels.samples()) {
            byte[] one = write(sample, scope, 1);
            assertThat(write(sample, scope, 4)).isEqualTo(one);
        }
    }

    private byte[] write(Path sample, Scope scope, int threads) throws Exception {
        Path out = folder.resolve("out.onnx");
        try (ForkJoinPool pool = new ForkJoinPool(threads)) {
            pool.submit(() -> {
                        Model model = OnnxReader.read(sample);
                        prune(model, "0.8", scope, EncodingChoice.AUTO);
                        return OnnxWriter.write(model, out);
                    })
                    .get();
        }
        return Files.readAllBytes(out);
    }

    @Test
    void isNeverLargerThanTheFileAndItsManifest() throws IOException {
        for (Path sample : TestModels.samples()) {
            for (String sparsity : List.of("0", "0.3", "0.5", "1")) {
                Model model = OnnxReader.read(sample);
                prune(model, sparsity, Scopes.LAYER, EncodingChoice.AUTO);
                long manifest = model.metadata(Manifest.KEY).orElseThrow().length() + Manifest.KEY.length() + 16L;
                long size = OnnxWriter.write(model, folder.resolve("out.onnx")).total();
                assertThat(size).isLessThanOrEqualTo(Files.size(sample) + manifest);
            }
        }
    }

    @Test
    void saysWhereElseTheKnowledgeMayBe() {
        Model model = ModelBuilder.opset(17)
                .input("x", ElementType.F32, 1)
                .node("Relu", List.of("x"), List.of("y"))
                .output("y", ElementType.F32, 1)
                .build();
        assertThatThrownBy(() ->
                        PruningPlan.of(WeightSearch.in(model), PruneRequest.of(Sparsity.parse("0.5"), Scopes.LAYER)))
                .isInstanceOfSatisfying(
                        PruningException.class,
                        e -> assertThat(e.hint().orElseThrow()).contains("attributes of its nodes"));
    }
}
