package dev.espalier.pruning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Weights of every element type, with zero points for the tensor, an axis, or blocks.
final class ElementTypesTest {
    private static final String MS = "com.microsoft";
    private static final Shape SHAPE = Shape.of(12, 10);

    private static PruningResult prune(Model model, String sparsity) {
        PruneRequest request = PruneRequest.of(Sparsity.parse(sparsity), Scopes.LAYER);
        return Pruner.apply(model, PruningPlan.of(WeightSearch.in(model), request), EncodingChoice.AUTO, Progress.NONE);
    }

    private static void requireVerified(Model model) {
        Verdict verdict = Verdict.of(Evidence.of(model, Optional.empty(), Optional.empty()), SparsityChecks.ALL);
        assertThat(verdict.findings()).isEmpty();
    }

    private static DenseTensor stored(Model model) {
        return model.graph().value("q").flatMap(Value::constant).orElseThrow().decode();
    }

    private static DenseTensor random(ElementType type, Shape shape, long seed) {
        return DenseTensor.ofBits(
                type,
                shape,
                new Random(seed)
                        .longs(shape.elementCount(), 0, 1L << type.bits())
                        .toArray());
    }

    private static DenseTensor scales(Shape shape) {
        float[] scales = new float[(int) shape.elementCount()];
        Random random = new Random(3);
        for (int i = 0; i < scales.length; i++) {
            scales[i] = 0.5f + random.nextFloat();
        }
        return DenseTensor.of(shape, scales);
    }

    static Stream<Arguments> quantized() {
        List<Arguments> all = new ArrayList<>();
        for (ElementType type : List.of(
                ElementType.I2,
                ElementType.U2,
                ElementType.I4,
                ElementType.U4,
                ElementType.I8,
                ElementType.U8,
                ElementType.I16,
                ElementType.U16)) {
            all.add(Arguments.of(type, Shape.of(), 1, 0));
            all.add(Arguments.of(type, Shape.of(12), 0, 0));
            all.add(Arguments.of(type, Shape.of(10), 1, 0));
            all.add(Arguments.of(type, Shape.of(3, 10), 0, 4));
            all.add(Arguments.of(type, Shape.of(12, 4), -1, 3));
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("quantized")
    void zeroIsTheZeroPoint(ElementType type, Shape points, int axis, int block) {
        DenseTensor zeros = random(type, points, 1);
        DenseTensor weight = random(type, SHAPE, 2);
        Model model = ModelBuilder.opset(25)
                .input("x", ElementType.F32, "n", 12)
                .initializer("q", weight)
                .initializer("s", scales(points))
                .initializer("z", zeros)
                .node("DequantizeLinear", List.of("q", "s", "z"), List.of("w"), "axis", axis, "block_size", block)
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .output("y", ElementType.F32, "n")
                .build();
        PruningResult result = prune(model, "0.75");
        assertThat(result.layers()).hasSize(1);
        assertThat(result.layers().getFirst().zeros()).isGreaterThanOrEqualTo(90);
        long changed = 0;
        long zero = 0;
        for (long i = 0; i < 120; i++) {
            long row = i / 10;
            long column = i % 10;
            long point = points.rank() == 0
                    ? 0
                    : points.rank() == 1
                            ? axis == 0 ? row : column
                            : axis == 0 ? row / block * 10 + column : row * 4 + column / block;
            long bits = stored(model).bitsAt(i);
            changed += bits == weight.bitsAt(i) ? 0 : 1;
            zero += bits == zeros.bitsAt(point) ? 1 : 0;
            assertThat(bits).isIn(weight.bitsAt(i), zeros.bitsAt(point));
        }
        assertThat(zero).isEqualTo(result.layers().getFirst().zeros());
        assertThat(changed).isEqualTo(zero - result.layers().getFirst().zerosBefore());
        requireVerified(model);
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"F8E4M3FN", "F8E4M3FNUZ", "F8E5M2", "F8E5M2FNUZ", "F4E2M1"})
    void smallFloatsGoByWhatTheyStandFor(ElementType type) {
        DenseTensor weight = random(type, SHAPE, 5);
        Model model = ModelBuilder.opset(25)
                .input("x", ElementType.F32, "n", 12)
                .initializer("q", weight)
                .initializer("s", DenseTensor.of(Shape.of(), 0.1f))
                .node("DequantizeLinear", List.of("q", "s"), List.of("w"))
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .output("y", ElementType.F32, "n")
                .build();
        PruningResult result = prune(model, "0.5");
        assertThat(result.layers().getFirst().zeros()).isEqualTo(60);
        assertThat(result.layers().getFirst().weight().quantization().isScaleKnown())
                .isTrue();
        for (long i = 0; i < 120; i++) {
            assertThat(stored(model).bitsAt(i)).isIn(0L, weight.bitsAt(i));
        }
        requireVerified(model);
    }

    static Stream<Arguments> packed() {
        return Stream.of(
                Arguments.of(4, 32, 16, false),
                Arguments.of(4, 32, 16, true),
                Arguments.of(4, 40, 16, true),
                Arguments.of(4, 33, 16, false),
                Arguments.of(2, 32, 16, true),
                Arguments.of(8, 32, 16, true),
                Arguments.of(8, 20, 16, false));
    }

    private static Model nBits(int bits, int columns, int block, DenseTensor weight, Optional<DenseTensor> zeros) {
        int rows = 6;
        int blocks = Math.ceilDiv(columns, block);
        ModelBuilder builder = ModelBuilder.opset(21)
                .opset(MS, 1)
                .input("x", ElementType.F32, "n", columns)
                .initializer("q", weight)
                .initializer("s", scales(Shape.of((long) rows * blocks)));
        zeros.ifPresent(points -> builder.initializer("z", points));
        return builder.node(
                        MS,
                        "MatMulNBits",
                        zeros.isPresent() ? List.of("x", "q", "s", "z") : List.of("x", "q", "s"),
                        List.of("y"),
                        "K",
                        columns,
                        "N",
                        rows,
                        "bits",
                        bits,
                        "block_size",
                        block)
                .output("y", ElementType.F32, "n")
                .build();
    }

    /// Element `index` of bytes that hold several of so many bits.
    private static long partAt(DenseTensor bytes, long index, int bits) {
        return (bytes.bitsAt(index * bits / 8) >>> (index * bits % 8)) & ((1L << bits) - 1);
    }

    @ParameterizedTest
    @MethodSource("packed")
    void weightsInBlocksOfBitsArePrunedToTheZeroOfTheirBlock(int bits, int columns, int block, boolean hasZeros) {
        int rows = 6;
        int blocks = Math.ceilDiv(columns, block);
        long pointBytes = Math.ceilDiv(blocks * bits, 8);
        DenseTensor weight = random(ElementType.U8, Shape.of(rows, blocks, block * bits / 8), 6);
        Optional<DenseTensor> zeros =
                hasZeros ? Optional.of(random(ElementType.U8, Shape.of(rows * pointBytes), 7)) : Optional.empty();
        Model model = nBits(bits, columns, block, weight, zeros);
        PruningResult result = prune(model, "0.75");
        assertThat(result.layers().getFirst().weight().shape()).isEqualTo(Shape.of(rows, columns));
        long zero = 0;
        for (long row = 0; row < rows; row++) {
            for (long column = 0; column < (long) blocks * block; column++) {
                long here = partAt(stored(model), row * blocks * block + column, bits);
                long before = partAt(weight, row * blocks * block + column, bits);
                long point = zeros.isEmpty()
                        ? 1L << (bits - 1)
                        : partAt(zeros.get(), row * pointBytes * 8 / bits + column / block, bits);
                // What fills up the last block stays as it is.
                assertThat(here).isIn(before, column < columns ? point : before);
                zero += column < columns && here == point ? 1 : 0;
            }
        }
        assertThat(zero).isEqualTo(result.layers().getFirst().zeros());
        assertThat(zero).isGreaterThanOrEqualTo(Sparsity.parse("0.75").of((long) rows * columns));
        assertThat(Manifest.of(model).tensors().getFirst().shape()).containsExactly((long) rows, (long) columns);
        requireVerified(model);
    }

    @Test
    void bytesOfSeveralZerosAreLeftOut() {
        DenseTensor weight = random(ElementType.U8, Shape.of(6, 200, 8), 6);
        Model model = nBits(4, 3200, 16, weight, Optional.empty());
        PruningResult result = prune(model, "0.95");
        assertThat(result.layers().getFirst().encoding().name()).isEqualTo("gap");
        assertThat(WeightSearch.in(model).weights().getFirst().zeroCount())
                .isEqualTo(result.layers().getFirst().zeros());
        requireVerified(model);
        Exporter.apply(model, EncodingChoice.parse("dense"), Progress.NONE);
        long kept = LongStream.range(0, 19200)
                .filter(i -> partAt(stored(model), i, 4) != 8)
                .count();
        assertThat(kept).isEqualTo(19200 - result.layers().getFirst().zeros());
        requireVerified(model);
    }

    @Test
    void zeroPointsOfEachBlockLeaveItDense() {
        DenseTensor weight = random(ElementType.U8, Shape.of(6, 200, 8), 6);
        Model model = nBits(4, 3200, 16, weight, Optional.of(random(ElementType.U8, Shape.of(600), 2)));
        LayerResult layer = prune(model, "0.95").layers().getFirst();
        assertThat(layer.encoding().name()).isEqualTo("dense");
        assertThat(layer.encodingNote())
                .hasValue("its elements share bytes, and its zero point differs from block to block");
    }

    /// The function dequantizes what it is handed; scale and zero point are handed to it too.
    @Test
    void quantizationInsideOfAFunctionIsThatOfItsArguments() {
        ModelBuilder inner = ModelBuilder.opset(21)
                .input("x", ElementType.F32)
                .input("q", ElementType.U4)
                .input("z", ElementType.U4)
                .node("Constant", List.of(), List.of("s"), "value", DenseTensor.of(Shape.of(), 2))
                .node("DequantizeLinear", List.of("q", "s", "z"), List.of("w"))
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .output("y", ElementType.F32);
        ModelBuilder outer = ModelBuilder.opset(21)
                .input("z", ElementType.U4)
                .input("q", ElementType.U4)
                .input("x", ElementType.F32)
                .node("my", "Inner", List.of("x", "q", "z"), List.of("y"))
                .output("y", ElementType.F32);
        DenseTensor weight = random(ElementType.U4, Shape.of(8, 4), 9);
        Model model = ModelBuilder.opset(21)
                .opset("my", 1)
                .input("x", ElementType.F32, "n", 8)
                .initializer("q", weight)
                .initializer("z", DenseTensor.ofBits(ElementType.U4, Shape.of(), 3))
                .node("my", "Outer", List.of("z", "q", "x"), List.of("y"))
                .output("y", ElementType.F32, "n")
                .function("my", "Inner", inner)
                .function("my", "Outer", outer)
                .build();
        Weight found = WeightSearch.in(model).weights().getFirst();
        assertThat(found.node().operator()).isEqualTo("Outer");
        assertThat(found.quantization().isScaleKnown()).isTrue();
        PruneRequest request = PruneRequest.of(Sparsity.parse("0.5"), PatternChoice.parse("2:4"), Scopes.LAYER);
        Pruner.apply(model, PruningPlan.of(WeightSearch.in(model), request), EncodingChoice.AUTO, Progress.NONE);
        Mask nonZeros = WeightSearch.in(model).weights().getFirst().nonZeros();
        for (long i = 0; i < 32; i++) {
            assertThat(stored(model).bitsAt(i)).isIn(3L, weight.bitsAt(i));
        }
        assertThat(nonZeros.keptCount()).isLessThanOrEqualTo(16);
        requireVerified(model);
    }

    @Test
    void twoZeroPointsForOneWeightLeaveItAlone() {
        Model model = ModelBuilder.opset(21)
                .input("x", ElementType.F32, "n", 8)
                .initializer("q", random(ElementType.I8, Shape.of(8, 8), 1))
                .initializer("s", DenseTensor.of(Shape.of(), 1))
                .initializer("z", DenseTensor.ofBits(ElementType.I8, Shape.of(), 3))
                .node("DequantizeLinear", List.of("q", "s"), List.of("a"))
                .node("DequantizeLinear", List.of("q", "s", "z"), List.of("b"))
                .node("MatMul", List.of("x", "a"), List.of("c"))
                .node("MatMul", List.of("c", "b"), List.of("y"))
                .output("y", ElementType.F32, "n")
                .build();
        assertThat(WeightSearch.in(model).weights()).isEmpty();
        assertThat(WeightSearch.in(model).others())
                .anyMatch(other -> other.reason().equals("operators read it with different zero points"));
    }
}
