package dev.espalier.pruning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.sparse.CooTensor;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WeightSearchTest {
    private static final String MS = "com.microsoft";
    private static final DenseTensor MATRIX = DenseTensor.of(Shape.of(2, 2), 1, -2, 0, 4);

    private static ModelBuilder model() {
        return ModelBuilder.opset(17).input("x", ElementType.F32, "N", 2).output("y", ElementType.F32, "N", 2);
    }

    private static List<String> names(Model model) {
        return WeightSearch.in(model).weights().stream().map(Weight::name).toList();
    }

    private static String reason(Model model, String name) {
        return WeightSearch.in(model).others().stream()
                .filter(other -> other.value().path().equals(name))
                .map(LeftAlone::reason)
                .findFirst()
                .orElse("(it is pruned)");
    }

    @Test
    void findsConstantsOnEitherSideOfMatMul() {
        assertThat(names(model().initializer("w", MATRIX)
                        .node("MatMul", List.of("x", "w"), List.of("y"))
                        .build()))
                .containsExactly("w");
        assertThat(names(model().initializer("w", MATRIX)
                        .node("MatMul", List.of("w", "x"), List.of("y"))
                        .build()))
                .containsExactly("w");
    }

    @Test
    void findsSparseInitializersAndConstantNodes() {
        CooTensor coo = CooTensor.of(MATRIX, Mask.ofNonZeros(MATRIX, Quantization.NONE));
        Model model = model().initializer("s", coo)
                .node("Constant", List.of(), List.of("c"), "value", MATRIX)
                .node("Constant", List.of(), List.of("cs"), "sparse_value", coo)
                .node("MatMul", List.of("x", "s"), List.of("a"))
                .node("MatMul", List.of("a", "c"), List.of("b"))
                .node("MatMul", List.of("b", "cs"), List.of("y"))
                .build();
        assertThat(names(model)).containsExactly("s", "c", "cs");
        assertThat(WeightSearch.in(model).weights()).allMatch(w -> w.zeroCount() == 1);
    }

    @Test
    void looksThroughWhatOnlyHandsOn() {
        Model model = model().initializer("w", MATRIX)
                .initializer("shape", DenseTensor.ofBits(ElementType.I64, Shape.of(2), 2, 2))
                .node("Identity", List.of("w"), List.of("w1"))
                .node("Transpose", List.of("w1"), List.of("w2"))
                .node("Reshape", List.of("w2", "shape"), List.of("w3"))
                .node("Cast", List.of("w3"), List.of("w4"), "to", 1)
                .node("Gemm", List.of("x", "w4"), List.of("y"))
                .build();
        assertThat(names(model)).containsExactly("w");
        assertThat(reason(model, "shape")).isEqualTo("read by Reshape");
    }

    @Test
    void findsWeightsInBranchesAndOfTheGraphAround() {
        ModelBuilder then = ModelBuilder.opset(17)
                .initializer("inner", MATRIX)
                .node("MatMul", List.of("x", "inner"), List.of("t"))
                .output("t", ElementType.F32, "N", 2);
        ModelBuilder otherwise = ModelBuilder.opset(17)
                .node("MatMul", List.of("x", "outer"), List.of("e"))
                .output("e", ElementType.F32, "N", 2);
        Model model = model().input("c", ElementType.BOOL)
                .initializer("outer", MATRIX)
                .nodeWithBodies("If", List.of("c"), List.of("y"), "then_branch", then, "else_branch", otherwise)
                .build();
        assertThat(names(model)).containsExactly("y:then_branch/inner", "outer");
    }

    @Test
    void findsWeightsInFunctionsAndThoseHandedToThem() {
        ModelBuilder body = ModelBuilder.opset(17)
                .input("a", ElementType.F32)
                .input("w", ElementType.F32)
                .node("Constant", List.of(), List.of("k"), "value", MATRIX)
                .node("MatMul", List.of("a", "k"), List.of("m"))
                .node("Identity", List.of("w"), List.of("w1"))
                .node("MatMul", List.of("m", "w1"), List.of("o"))
                .output("o", ElementType.F32);
        ModelBuilder caller = ModelBuilder.opset(17)
                .input("a", ElementType.F32)
                .input("w", ElementType.F32)
                .node("my", "Twice", List.of("a", "w"), List.of("o"))
                .output("o", ElementType.F32);
        Model model = model().opset("my", 1)
                .initializer("handed", MATRIX)
                .node("my", "Outer", List.of("x", "handed"), List.of("y"))
                .function("my", "Twice", body)
                .function("my", "Outer", caller)
                .build();
        assertThat(names(model)).containsExactly("handed", "my.Twice/k");
    }

    @Test
    void endsWhereFunctionsCallThemselves() {
        ModelBuilder body = ModelBuilder.opset(17)
                .input("a", ElementType.F32)
                .node("my", "Loop", List.of("a"), List.of("o"))
                .output("o", ElementType.F32);
        Model model = model().opset("my", 1)
                .initializer("w", MATRIX)
                .node("my", "Loop", List.of("w"), List.of("y"))
                .function("my", "Loop", body)
                .build();
        assertThat(names(model)).isEmpty();
    }

    @Test
    void countsAWeightUsedTwiceOnce() {
        Model model = model().initializer("w", MATRIX)
                .node("MatMul", List.of("x", "w"), List.of("a"))
                .node("MatMul", List.of("a", "w"), List.of("y"))
                .build();
        List<Weight> weights = WeightSearch.in(model).weights();
        assertThat(weights).hasSize(1);
        assertThat(weights.getFirst().nodes()).hasSize(2);
    }

    @Test
    void leavesAloneWhatIsNoWeightAndSaysWhy() {
        Model model = model().initializer("w", MATRIX)
                .initializer("bias", DenseTensor.of(Shape.of(2), 1, 2))
                .initializer("table", MATRIX)
                .initializer("ids", DenseTensor.ofBits(ElementType.I64, Shape.of(1), 0))
                .initializer("scale", DenseTensor.of(Shape.of(2), 1, 2))
                .initializer("vector", DenseTensor.of(Shape.of(2), 1, 2))
                .initializer("unread", MATRIX)
                .node("Gemm", List.of("x", "w", "bias"), List.of("a"))
                .node("Gather", List.of("table", "ids"), List.of("b"))
                .node("LayerNormalization", List.of("a", "scale"), List.of("c"))
                .node("MatMul", List.of("c", "vector"), List.of("d"))
                .node("Add", List.of("b", "c"), List.of("y"))
                .build();
        assertThat(names(model)).containsExactly("w");
        assertThat(reason(model, "bias")).isEqualTo("bias of Gemm");
        assertThat(reason(model, "table")).isEqualTo("embedding (Gather)");
        assertThat(reason(model, "ids")).isEqualTo("read by Gather");
        assertThat(reason(model, "scale")).isEqualTo("normalization (LayerNormalization)");
        assertThat(reason(model, "vector")).isEqualTo("rank 1");
        assertThat(reason(model, "unread")).isEqualTo("read by no node");
    }

    @Test
    void leavesAloneAWeightThatIsSomethingElseToo() {
        Model model = model().initializer("tied", MATRIX)
                .initializer("added", MATRIX)
                .initializer("given", MATRIX)
                .initializer("ids", DenseTensor.ofBits(ElementType.I64, Shape.of(1), 0))
                .node("Gather", List.of("tied", "ids"), List.of("e"))
                .node("Transpose", List.of("tied"), List.of("t"))
                .node("MatMul", List.of("e", "t"), List.of("a"))
                .node("MatMul", List.of("a", "added"), List.of("b"))
                .node("MatMul", List.of("b", "given"), List.of("d"))
                .node("Add", List.of("d", "added"), List.of("y"))
                .output("given", ElementType.F32, 2, 2)
                .build();
        assertThat(reason(model, "tied")).isEqualTo("also an embedding (Gather)");
        assertThat(reason(model, "added")).isEqualTo("also read by Add 'Add_y'");
        assertThat(reason(model, "given")).isEqualTo("is an output of its graph");
    }

    @Test
    void namesWeightsThatAreNotStored() {
        Model model = model().initializer("shape", DenseTensor.ofBits(ElementType.I64, Shape.of(2), 2, 2))
                .node("ConstantOfShape", List.of("shape"), List.of("w"))
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .build();
        assertThat(reason(model, "w")).isEqualTo("made by ConstantOfShape, not stored (MatMul)");
    }

    @Test
    void readsTheQuantizationOfDequantizedWeights() {
        DenseTensor stored = DenseTensor.ofBits(ElementType.U8, Shape.of(2, 2), 5, 9, 7, 9);
        Model model = model().initializer("q", stored)
                .initializer("scale", DenseTensor.of(Shape.of(2), 0.5f, 2))
                .initializer("zero", DenseTensor.ofBits(ElementType.U8, Shape.of(2), 5, 9))
                .node("DequantizeLinear", List.of("q", "scale", "zero"), List.of("w"), "axis", 1)
                .node("Transpose", List.of("w"), List.of("t"))
                .node("Gemm", List.of("x", "t"), List.of("y"))
                .build();
        Weight weight = WeightSearch.in(model).weights().getFirst();
        assertThat(weight.quantization())
                .isEqualTo(Quantization.perAxis(Shape.of(2, 2), 1, new long[] {5, 9}, new double[] {0.5, 2}));
        assertThat(weight.zeroCount()).isEqualTo(3);
    }

    @Test
    void readsTheQuantizationOfIntegerProducts() {
        Model model = model().opset(MS, 1)
                .initializer("q", DenseTensor.ofBits(ElementType.I8, Shape.of(2, 2), 1, 2, 3, 4))
                .initializer("zero", DenseTensor.ofBits(ElementType.I8, Shape.of(1), 3))
                .initializer("w_scale", DenseTensor.of(Shape.of(), 0.25f))
                .node("DynamicQuantizeLinear", List.of("x"), List.of("xq", "x_scale", "x_zero"))
                .node("MatMulInteger", List.of("xq", "q", "x_zero", "zero"), List.of("i"))
                .node("Cast", List.of("i"), List.of("f"), "to", 1)
                .node("Mul", List.of("x_scale", "w_scale"), List.of("scales"))
                .node("Mul", List.of("f", "scales"), List.of("y"))
                .build();
        assertThat(WeightSearch.in(model).weights().getFirst().quantization())
                .isEqualTo(Quantization.perTensor(3, 0.25));
    }

    @Test
    void saysWhenAScaleIsUnknownOrComputed() {
        DenseTensor stored = DenseTensor.ofBits(ElementType.I8, Shape.of(2, 2), 1, 2, 3, 4);
        Model unknown = model().initializer("q", stored)
                .node("MatMulInteger", List.of("x", "q"), List.of("y"))
                .build();
        assertThat(WeightSearch.in(unknown).weights().getFirst().quantization().isScaleKnown())
                .isFalse();
        Model computed = model().initializer("q", stored)
                .input("s", ElementType.F32)
                .node("DequantizeLinear", List.of("q", "s"), List.of("w"))
                .node("Gemm", List.of("x", "w"), List.of("y"))
                .build();
        assertThat(reason(computed, "q")).isEqualTo("its scale is computed at run time");
    }

    @Test
    void doesNotPruneTypesThatItCannotRank() {
        Model model = model().initializer("q", DenseTensor.zeros(ElementType.F8E8M0, Shape.of(2, 2)))
                .node("Cast", List.of("q"), List.of("w"), "to", 1)
                .node("Gemm", List.of("x", "w"), List.of("y"))
                .build();
        assertThat(reason(model, "q")).isEqualTo("elements of type f8e8m0 are not pruned");
    }

    @Test
    void doesNotTakePackedBytesForElements() {
        Model model = model().opset(MS, 1)
                .initializer("q", DenseTensor.ofBits(ElementType.U8, Shape.of(1, 2, 2), 1, 2, 3, 4))
                .initializer("s", DenseTensor.of(Shape.of(2), 1, 1))
                .node(MS, "MatMulBnb4", List.of("x", "q", "s"), List.of("y"), "K", 4, "N", 1)
                .build();
        assertThat(names(model)).isEmpty();
        assertThat(reason(model, "q")).isEqualTo("packed in the way of MatMulBnb4, which cannot be pruned yet");
    }

    @Test
    void saysWhenPackedBytesAreNotWhatTheOperatorReads() {
        Model model = model().opset(MS, 1)
                .initializer("q", DenseTensor.ofBits(ElementType.U8, Shape.of(1, 2, 2), 1, 2, 3, 4))
                .initializer("s", DenseTensor.of(Shape.of(2), 1, 1))
                .node(MS, "MatMulNBits", List.of("x", "q", "s"), List.of("y"), "K", 99, "N", 1, "block_size", 16)
                .build();
        assertThat(names(model)).isEmpty();
        assertThat(reason(model, "q")).isEqualTo("it is u8 1x2x2, which MatMulNBits does not read as 1x99");
    }
}
