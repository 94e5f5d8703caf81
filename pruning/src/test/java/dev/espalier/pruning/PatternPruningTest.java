package dev.espalier.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparsityPattern;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Patterns lie along the axes that operators sum over, wherever these are stored.
final class PatternPruningTest {
    private static final EncodingChoice AUTO = EncodingChoice.AUTO;

    private static DenseTensor random(long... dims) {
        Random random = new Random(5);
        DenseTensor tensor = DenseTensor.zeros(ElementType.F32, Shape.of(dims));
        long[] bits = new long[(int) tensor.elementCount()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits((float) random.nextGaussian());
        }
        return DenseTensor.ofBits(ElementType.F32, Shape.of(dims), bits);
    }

    private static ModelBuilder model(DenseTensor weight) {
        return ModelBuilder.opset(17).input("x", ElementType.F32, "n", 8).initializer("w", weight);
    }

    private static PruningResult prune(Model model, String pattern, String sparsity) {
        PruneRequest request = PruneRequest.of(Sparsity.parse(sparsity), PatternChoice.parse(pattern), Scopes.LAYER);
        return Pruner.apply(model, PruningPlan.of(WeightSearch.in(model), request), AUTO, Progress.NONE);
    }

    private static Mask nonZeros(Model model) {
        Constant constant = model.graph().value("w").flatMap(Value::constant).orElseThrow();
        return Mask.ofNonZeros(constant.decode(), Quantization.NONE);
    }

    private static Arguments along(ModelBuilder model, int axis, long segment) {
        return Arguments.of(model.output("y", ElementType.F32, "n"), axis, segment);
    }

    /// With the axis that is summed over, and how long it is within one group of the operator.
    static Stream<Arguments> operators() {
        return Stream.of(
                along(model(random(6, 8, 3, 3)).node("Conv", List.of("x", "w"), List.of("y")), 1, 8),
                along(model(random(6, 8, 5)).node("Conv", List.of("x", "w"), List.of("y"), "group", 2), 1, 8),
                along(model(random(24, 5, 2, 2)).node("ConvTranspose", List.of("x", "w"), List.of("y")), 0, 24),
                along(
                        model(random(24, 5, 2, 2)).node("ConvTranspose", List.of("x", "w"), List.of("y"), "group", 4),
                        0,
                        6),
                along(model(random(8, 6)).node("MatMul", List.of("x", "w"), List.of("y")), 0, 8),
                along(model(random(3, 2, 8, 6)).node("MatMul", List.of("x", "w"), List.of("y")), 2, 8),
                along(model(random(6, 8)).node("MatMul", List.of("w", "x"), List.of("y")), 1, 8),
                along(model(random(8, 6)).node("Gemm", List.of("x", "w"), List.of("y")), 0, 8),
                along(model(random(6, 8)).node("Gemm", List.of("x", "w"), List.of("y"), "transB", 1), 1, 8),
                along(model(random(6, 8)).node("Gemm", List.of("w", "x"), List.of("y")), 1, 8),
                along(model(random(8, 6)).node("Gemm", List.of("w", "x"), List.of("y"), "transA", 1), 0, 8),
                along(model(random(2, 12, 8)).node("LSTM", List.of("x", "w", "w"), List.of("y")), 2, 8),
                along(
                        model(random(6, 8))
                                .node("Transpose", List.of("w"), List.of("t"), "perm", List.of(1, 0))
                                .node("MatMul", List.of("x", "t"), List.of("y")),
                        1,
                        8),
                along(
                        model(random(3, 3, 8, 6))
                                .node("Transpose", List.of("w"), List.of("t"), "perm", List.of(3, 2, 0, 1))
                                .node("Conv", List.of("x", "t"), List.of("y")),
                        2,
                        8));
    }

    @ParameterizedTest
    @MethodSource("operators")
    void groupsLieAlongTheAxisThatIsSummedOver(ModelBuilder builder, int axis, long segment) {
        Model model = builder.build();
        PruningResult result = prune(model, "1:4", "0.75");
        assertThat(result.layers()).hasSize(1);
        Mask nonZeros = nonZeros(model);
        Shape shape = nonZeros.shape();
        long inner = 1;
        for (int i = axis + 1; i < shape.rank(); i++) {
            inner *= shape.dim(i);
        }
        long length = shape.dim(axis);
        long kept = 0;
        // The first element of each group and of each tail.
        for (long at = 0; at < shape.elementCount(); at++) {
            long row = at / inner % length % segment;
            if (row % 4 == 0) {
                long size = Math.min(4, segment - row);
                long ones = 0;
                for (long i = 0; i < size; i++) {
                    ones += nonZeros.isKept(at + i * inner) ? 1 : 0;
                }
                assertThat(ones).isEqualTo(size == 4 ? 1 : size);
                kept += ones;
            }
        }
        assertThat(kept).isEqualTo(nonZeros.keptCount());
        assertThat(result.layers().getFirst().patternNote())
                .isEqualTo(segment % 4 == 0 ? "" : "the last 2 of every 6 are all kept");
        assertThat(Verdict.of(Evidence.of(model, Optional.empty(), Optional.empty()), SparsityChecks.ALL)
                        .holds())
                .isTrue();
    }

    @Test
    void blocksHaveOutputsForRows() {
        // Stored as inputs x outputs: a block of 3 outputs and 2 inputs is stored 2 high and 3 wide.
        Model product = model(random(8, 6))
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .output("y", ElementType.F32, "n")
                .build();
        prune(product, "block:3x2", "0.5");
        Mask mask = nonZeros(product);
        assertThat(mask.keptCount()).isEqualTo(24);
        for (long block = 0; block < 8; block++) {
            long first = block / 2 * 2 * 6 + block % 2 * 3;
            for (long offset : new long[] {1, 2, 6, 7, 8}) {
                assertThat(mask.isKept(first + offset)).isEqualTo(mask.isKept(first));
            }
        }
        // A kernel of a convolution is nine columns of its matrix.
        Model convolution = model(random(6, 8, 3, 3))
                .node("Conv", List.of("x", "w"), List.of("y"))
                .output("y", ElementType.F32, "n")
                .build();
        prune(convolution, "block:1x9", "0.75");
        mask = nonZeros(convolution);
        assertThat(mask.keptCount()).isEqualTo(6 * 8 * 9 / 4);
        for (long i = 0; i < 6 * 8 * 9; i++) {
            assertThat(mask.isKept(i)).isEqualTo(mask.isKept(i / 9 * 9));
        }
    }

    private static Arguments sliced(ModelBuilder model, String slices, String... patterns) {
        return Arguments.of(model.output("y", ElementType.F32, "n"), slices, List.of(patterns));
    }

    /// With the slices as they are stored, and what they may be called.
    static Stream<Arguments> slices() {
        return Stream.of(
                sliced(convolution(1), "slices@12*x4x3x3", "slices:outputs", "slices:0", "slices:-4"),
                sliced(convolution(1), "slices@12x4*x3x3", "slices:inputs", "slices:1:l1"),
                sliced(convolution(1), "slices@12*x4*x3x3", "slices:kernels:max"),
                sliced(convolution(3), "slices@3*x4x4*x3x3", "slices:inputs"),
                sliced(convolution(3), "slices@3*x4*x4x3x3", "slices:outputs"),
                sliced(
                        model(random(12, 5, 2)).node("ConvTranspose", List.of("x", "w"), List.of("y"), "group", 4),
                        "slices@4*x3x5*x2",
                        "slices:outputs"),
                sliced(
                        model(random(8, 6)).node("MatMul", List.of("x", "w"), List.of("y")),
                        "slices@8x6*",
                        "slices:outputs",
                        "slices:1"),
                sliced(
                        model(random(3, 8, 6)).node("MatMul", List.of("x", "w"), List.of("y")),
                        "slices@3*x8*x6",
                        "slices:inputs"),
                sliced(
                        model(random(6, 8)).node("Gemm", List.of("x", "w"), List.of("y"), "transB", 1),
                        "slices@6*x8",
                        "slices:outputs"),
                sliced(
                        model(random(2, 12, 8)).node("LSTM", List.of("x", "w", "w"), List.of("y")),
                        "slices@2*x12*x8",
                        "slices:outputs"),
                sliced(
                        model(random(6, 4))
                                .node("Reshape", List.of("w", "s"), List.of("r"))
                                .initializer("s", DenseTensor.ofBits(ElementType.I64, Shape.of(2), 4, 6))
                                .node("MatMul", List.of("x", "r"), List.of("y")),
                        "slices@6*x4",
                        "slices:0"));
    }

    private static ModelBuilder convolution(int groups) {
        return model(random(12, 4, 3, 3)).node("Conv", List.of("x", "w"), List.of("y"), "group", groups);
    }

    @ParameterizedTest
    @MethodSource("slices")
    void slicesLieWhereTheOperatorHasThem(ModelBuilder builder, String slices, List<String> patterns) {
        for (String pattern : patterns) {
            Model model = builder.build();
            PruningResult result = prune(model, pattern, "0.5");
            assertThat(result.layers()).hasSize(1);
            SparsityPattern expected = SparsityPattern.parse(slices);
            Mask nonZeros = nonZeros(model);
            assertThat(expected.violations(nonZeros).count()).isZero();
            long perSlice = nonZeros.shape().elementCount() / expected.unitCount(nonZeros.shape());
            assertThat(nonZeros.zeroCount() / perSlice)
                    .isEqualTo(Sparsity.parse("0.5").of(expected.unitCount(nonZeros.shape())));
            assertThat(Manifest.of(model).tensors().getFirst().pattern()).isEqualTo(slices);
            assertThat(Verdict.of(Evidence.of(model, Optional.empty(), Optional.empty()), SparsityChecks.ALL)
                            .holds())
                    .isTrue();
        }
    }

    @Test
    void anAxisThatAWeightDoesNotHaveIsTheReasonToLeaveItAlone() {
        for (String pattern : List.of("slices:2", "slices:-3")) {
            assertThatThrownBy(() -> prune(
                            model(random(8, 6))
                                    .node("MatMul", List.of("x", "w"), List.of("y"))
                                    .output("y", ElementType.F32, "n")
                                    .build(),
                            pattern,
                            "0.5"))
                    .isInstanceOfSatisfying(
                            PruningException.class,
                            e -> assertThat(e.hint().orElseThrow())
                                    .contains("w: it has no axis " + pattern.substring(7) + ", only 2"));
        }
        assertThatThrownBy(() -> prune(
                        model(random(8, 6))
                                .node("MatMul", List.of("x", "w"), List.of("y"))
                                .output("y", ElementType.F32, "n")
                                .build(),
                        "slices:kernels",
                        "0.5"))
                .isInstanceOfSatisfying(
                        PruningException.class,
                        e -> assertThat(e.hint().orElseThrow()).contains("it has no kernels"));
    }

    @Test
    void whatCannotFollowIsLeftAloneWithTheReason() {
        Model model = model(random(6, 3, 3, 3))
                .initializer("u", random(8, 8))
                .initializer("v", random(4, 16))
                .node("Conv", List.of("x", "w"), List.of("a"))
                .node("MatMul", List.of("x", "u"), List.of("b"))
                .node("Transpose", List.of("u"), List.of("t"))
                .node("MatMul", List.of("x", "t"), List.of("c"))
                .node("Reshape", List.of("v", "s"), List.of("r"))
                .node("MatMul", List.of("x", "r"), List.of("d"))
                .initializer("s", DenseTensor.ofBits(ElementType.I64, Shape.of(2), 8, 8))
                .initializer("k", random(4, 4))
                .node("MatMul", List.of("x", "k"), List.of("e"))
                .output("e", ElementType.F32, "n")
                .build();
        PruningResult result = prune(model, "2:4", "0.5");
        assertThat(result.layers()).extracting(l -> l.weight().name()).containsExactly("k");
        List<String> reasons = new ArrayList<>();
        result.leftAlone().forEach(other -> reasons.add(other.value().name() + ": " + other.reason()));
        assertThat(reasons)
                .contains(
                        "w: it sums over 3, fewer than a group of 4",
                        "u: operators sum over different axes of it",
                        "v: it is reshaped (Reshape) before MatMul reads it");
        assertThatThrownBy(() -> prune(model, "block:99x99", "0.5"))
                .isInstanceOf(PruningException.class)
                .hasMessageContaining("no weights to prune");
    }

    @Test
    void aZeroThatComesBackBreaksThePattern() {
        Model model = model(random(8, 6))
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .output("y", ElementType.F32, "n")
                .build();
        prune(model, "2:4", "0.5");
        Value w = model.graph().value("w").orElseThrow();
        long[] bits = new long[48];
        DenseTensor old = w.constant().orElseThrow().decode();
        old.readBits(0, 48, bits);
        bits[24] = 1;
        bits[30] = 1;
        bits[36] = 1;
        bits[42] = 1;
        GraphPatch.labelled("damage")
                .replaceConstant(w, Constant.of(DenseTensor.ofBits(ElementType.F32, Shape.of(8, 6), bits)))
                .apply();
        Verdict verdict =
                Verdict.of(Evidence.of(model, Optional.empty(), Optional.empty()), List.of(new PatternCheck()));
        assertThat(verdict.findings())
                .containsExactly(new Finding(
                        Finding.Kind.PATTERN_BROKEN,
                        "w",
                        "1 groups do not follow 2:4@1x8x6, promised were 0, the first at [4, 0]"));
    }

    @Test
    void sparsityAndPatternMustAgree() {
        assertThat(PruneRequest.of(Sparsity.parse("66.67%"), PatternChoice.parse("1:3"), Scopes.LAYER)
                        .rules()
                        .getFirst()
                        .settings()
                        .pattern())
                .hasToString("1:3");
        assertThatThrownBy(() -> PruneRequest.of(Sparsity.parse("0.9"), PatternChoice.parse("2:4"), Scopes.LAYER))
                .hasMessage("a sparsity of 90 % does not go with 2:4, which is 50 %: leave the sparsity out, or choose "
                        + "another pattern");
        assertThatThrownBy(() -> PruneRequest.of(Sparsity.parse("0.5"), PatternChoice.parse("2:4"), Scopes.GLOBAL))
                .hasMessageContaining("--scope global");
        for (String text : List.of(
                "4:4",
                "0:4",
                "2:5000",
                "block:0x1",
                "block:2",
                "2:4:8",
                "",
                "chanels",
                "slices:",
                "slices:rows",
                "slices:0:l3",
                "slices:+1")) {
            assertThatThrownBy(() -> PatternChoice.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aWeightOfMoreBlocksThanCanBeRankedIsLeftAlone(@TempDir Path folder) throws IOException {
        long side = 1 << 16;
        try (Arena arena = Arena.ofConfined();
                FileChannel hole = FileChannel.open(
                        folder.resolve("hole"),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.READ)) {
            hole.write(ByteBuffer.allocate(1), side * side - 1);
            MemorySegment zeros = hole.map(FileChannel.MapMode.READ_ONLY, 0, side * side, arena);
            DenseTensor weight = new DenseTensor(ElementType.U8, Shape.of(side, side), zeros);
            Model model = model(DenseTensor.zeros(ElementType.U8, Shape.of(1, 1)))
                    .node("MatMulInteger", List.of("x", "w"), List.of("y"))
                    .build();
            GraphPatch.labelled("enlarge")
                    .resizeConstant(model.graph().value("w").orElseThrow(), Constant.of(weight))
                    .apply();
            assertThatThrownBy(() -> prune(model, "block:1x1", "0.5"))
                    .isInstanceOf(PruningException.class)
                    .extracting(e -> ((PruningException) e).hint().orElseThrow())
                    .asString()
                    .contains("it has 4,294,967,296 blocks, more than can be ranked");
        }
    }
}
