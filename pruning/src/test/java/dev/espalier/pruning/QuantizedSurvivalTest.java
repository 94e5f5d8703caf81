package dev.espalier.pruning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.pruning.Survival.Fate;
import dev.espalier.pruning.Survival.Followed;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Shape;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What quantizers leave of the zeros, in the forms that ONNX Runtime's write.
final class QuantizedSurvivalTest {
    /// [K, N]: K is no multiple of a block.
    private static final Shape SHAPE = Shape.of(40, 6);

    private static final long[] WEIGHT = weight();
    private static final Mask MASK = Mask.of(SHAPE, i -> WEIGHT[(int) i] != 0);

    /// Elements of 4 bits, most of them zero.
    private static long[] weight() {
        Random random = new Random(7);
        return random.longs(SHAPE.elementCount(), 0, 64)
                .map(value -> value < 16 ? value : 0)
                .toArray();
    }

    private static Followed follow(ModelBuilder after) {
        return Survival.follow(Map.of("w", MASK), Evidence.of(after.build())).getFirst();
    }

    /// MatMulNBits' form of the weight: rows of 3 blocks of 16 elements, two to a byte, zero stored as `zeroOf` says.
    private static DenseTensor nibbles(long[] zeroOfBlock, long revived) {
        long[] bytes = new long[6 * 3 * 8];
        for (int row = 0; row < 6; row++) {
            for (int k = 0; k < 48; k++) {
                long value = k < 40 ? WEIGHT[k * 6 + row] : 5;
                long zero = zeroOfBlock[k / 16];
                // Any value but that of the zero.
                long stored = value == 0 ? zero : (zero + value) % 16 == zero ? (zero + 1) % 16 : (zero + value) % 16;
                stored = row == 0 && k == revived ? (zero + 1) % 16 : stored;
                bytes[row * 24 + k / 2] |= stored << (k % 2 * 4);
            }
        }
        return DenseTensor.ofBits(ElementType.U8, Shape.of(6, 3, 8), bytes);
    }

    private static ModelBuilder nBits(DenseTensor weight, List<String> inputs, int bits) {
        return ModelBuilder.opset(17)
                .opset("com.microsoft", 1)
                .input("x", ElementType.F32, "N", 40)
                .initializer("w_Q4", weight)
                .initializer("scales", DenseTensor.of(Shape.of(18), new float[18]))
                .node(
                        "com.microsoft",
                        "MatMulNBits",
                        inputs,
                        List.of("y"),
                        "K",
                        40,
                        "N",
                        6,
                        "bits",
                        bits,
                        "block_size",
                        16)
                .output("y", ElementType.F32, "N", 6);
    }

    @Test
    void followsNibblesWhoseZeroIs8() {
        DenseTensor weight = nibbles(new long[] {8, 8, 8}, -1);
        assertThat(follow(nBits(weight, List.of("x", "w_Q4", "scales"), 4)))
                .isEqualTo(new Followed("w", Fate.DENSE, "as 'w_Q4', zero for zero"));
    }

    @Test
    void followsNibblesWithAZeroPointForEachBlock() {
        DenseTensor weight = nibbles(new long[] {3, 8, 12}, -1);
        long[] points = new long[12];
        for (int row = 0; row < 6; row++) {
            points[row * 2] = 3 | 8 << 4;
            points[row * 2 + 1] = 12;
        }
        ModelBuilder model = nBits(weight, List.of("x", "w_Q4", "scales", "points"), 4)
                .initializer("points", DenseTensor.ofBits(ElementType.U8, Shape.of(12), points));
        assertThat(follow(model)).isEqualTo(new Followed("w", Fate.DENSE, "as 'w_Q4', zero for zero"));
    }

    @Test
    void missesANibbleThatIsNotZeroAnyMore() {
        int zero = 0;
        while (WEIGHT[zero * 6] != 0) {
            zero++;
        }
        DenseTensor weight = nibbles(new long[] {8, 8, 8}, zero);
        assertThat(follow(nBits(weight, List.of("x", "w_Q4", "scales"), 4)).fate())
                .isEqualTo(Fate.LOST);
    }

    @Test
    void followsBytesWhoseZeroIs128() {
        long[] bytes = new long[6 * 3 * 16];
        for (int row = 0; row < 6; row++) {
            for (int k = 0; k < 40; k++) {
                bytes[row * 48 + k] = WEIGHT[k * 6 + row] + 128;
            }
        }
        DenseTensor weight = DenseTensor.ofBits(ElementType.U8, Shape.of(6, 3, 16), bytes);
        assertThat(follow(nBits(weight, List.of("x", "w_Q4", "scales"), 8)))
                .isEqualTo(new Followed("w", Fate.DENSE, "as 'w_Q4', zero for zero"));
    }

    @Test
    void readsNoNibblesThatAreNotThere() {
        DenseTensor weight = DenseTensor.ofBits(ElementType.U8, Shape.of(6, 3, 7), new long[6 * 3 * 7]);
        assertThat(follow(nBits(weight, List.of("x", "w_Q4", "scales"), 4)).fate())
                .isEqualTo(Fate.LOST);
    }

    @Test
    void followsBlocksOfDequantizeLinear() {
        long[] bits = WEIGHT.clone();
        long[] points = new long[3 * 6];
        for (int i = 0; i < points.length; i++) {
            points[i] = 7L * i;
        }
        for (int i = 0; i < bits.length; i++) {
            bits[i] += points[i / 6 / 16 * 6 + i % 6];
        }
        ModelBuilder model = ModelBuilder.opset(21)
                .initializer("w_q", DenseTensor.ofBits(ElementType.U8, SHAPE, bits))
                .initializer("scales", DenseTensor.of(Shape.of(3, 6), new float[18]))
                .initializer("points", DenseTensor.ofBits(ElementType.U8, Shape.of(3, 6), points))
                .node("DequantizeLinear", List.of("w_q", "scales", "points"), List.of("v"), "axis", 0, "block_size", 16)
                .node("MatMul", List.of("x", "v"), List.of("y"));
        assertThat(follow(model)).isEqualTo(new Followed("w", Fate.DENSE, "as 'w_q', zero for zero"));
    }

    /// The bitmap of [dev.espalier.sparse.SparseEncodings] with its values quantized.
    ///
    /// @param isEarly whether they are dequantized before the Gather, and quantized and dequantized again after it
    private static ModelBuilder quantizedBitmap(boolean isEarly, long zero, long zeroPoint, int axis) {
        long[] bitmap = new long[30];
        long[] values = new long[1 + (int) MASK.keptCount()];
        values[0] = zero;
        int count = 1;
        for (int i = 0; i < WEIGHT.length; i++) {
            if (WEIGHT[i] != 0) {
                bitmap[i / 8] |= 1L << i % 8;
                values[count++] = WEIGHT[i] + 100;
            }
        }
        ModelBuilder model = ModelBuilder.opset(17)
                .initializer("bitmap", DenseTensor.ofBits(ElementType.U8, Shape.of(30, 1), bitmap))
                .initializer("values", DenseTensor.ofBits(ElementType.U8, Shape.of(values.length), values))
                .initializer("scale", DenseTensor.of(Shape.of(), 0.1f))
                .initializer("zero", DenseTensor.ofBits(ElementType.U8, Shape.of(), zeroPoint))
                .initializer("left", DenseTensor.ofBits(ElementType.U8, Shape.of(8), 7, 6, 5, 4, 3, 2, 1, 0))
                .initializer("right", DenseTensor.ofBits(ElementType.U8, Shape.of(), 7))
                .initializer("axis", DenseTensor.ofBits(ElementType.I64, Shape.of(), 0))
                .initializer("flat", DenseTensor.ofBits(ElementType.I64, Shape.of(1), -1))
                .initializer("shape", DenseTensor.ofBits(ElementType.I64, Shape.of(2), 40, 6))
                .node("BitShift", List.of("bitmap", "left"), List.of("shifted"), "direction", "LEFT")
                .node("BitShift", List.of("shifted", "right"), List.of("spread"), "direction", "RIGHT")
                .node("Reshape", List.of("spread", "flat"), List.of("bytes"))
                .node("Cast", List.of("bytes"), List.of("bits"), "to", 6)
                .node("CumSum", List.of("bits", "axis"), List.of("ranks"))
                .node("Mul", List.of("bits", "ranks"), List.of("indices"));
        List<String> conversion = List.of("scale", "zero");
        if (isEarly) {
            model.node("DequantizeLinear", with("values", conversion), List.of("reals"))
                    .node("GatherElements", List.of("reals", "indices"), List.of("elements"), "axis", axis)
                    .node("QuantizeLinear", with("elements", conversion), List.of("again"))
                    .node("DequantizeLinear", with("again", conversion), List.of("last"));
        } else {
            model.node("GatherElements", List.of("values", "indices"), List.of("elements"), "axis", axis)
                    .node("DequantizeLinear", with("elements", conversion), List.of("last"));
        }
        return model.node("Reshape", List.of("last", "shape"), List.of("w"))
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .input("x", ElementType.F32, "N", 40)
                .output("y", ElementType.F32, "N", 6);
    }

    private static List<String> with(String first, List<String> others) {
        return List.of(first, others.get(0), others.get(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void followsQuantizationInsideABitmap(boolean isEarly) {
        assertThat(follow(quantizedBitmap(isEarly, 100, 100, 0)))
                .isEqualTo(new Followed("w", Fate.SPARSE, "under its name"));
        // Then what is not stored is no zero.
        assertThat(follow(quantizedBitmap(isEarly, 100, 99, 0)).fate()).isEqualTo(Fate.LOST);
        assertThat(follow(quantizedBitmap(isEarly, 100, 100, 1)).fate()).isEqualTo(Fate.LOST);
    }

    @Test
    void endsWhereQuantizationGoesInACircle() {
        Model model = ModelBuilder.opset(17)
                .initializer("shape", DenseTensor.ofBits(ElementType.I64, Shape.of(2), 40, 6))
                .initializer("scale", DenseTensor.of(Shape.of(), 0.1f))
                .node("DequantizeLinear", List.of("b", "scale"), List.of("a"))
                .node("QuantizeLinear", List.of("a", "scale"), List.of("b"))
                .node("Reshape", List.of("a", "shape"), List.of("w"))
                .build();
        assertThat(Survival.follow(Map.of("w", MASK), Evidence.of(model))
                        .getFirst()
                        .fate())
                .isEqualTo(Fate.LOST);
    }
}
