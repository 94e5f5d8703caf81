package dev.espalier.pruning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.pruning.Survival.Fate;
import dev.espalier.pruning.Survival.Followed;
import dev.espalier.sparse.CooTensor;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Encoded;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SurvivalTest {
    private static final Shape SHAPE = Shape.of(6, 4, 3);
    private static final DenseTensor WEIGHT = pruned(SHAPE);
    private static final Mask MASK = Mask.ofNonZeros(WEIGHT, Quantization.NONE);

    private static DenseTensor pruned(Shape shape) {
        Random random = new Random(7);
        float[] values = new float[(int) shape.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(4) == 0 ? random.nextFloat() + 1 : 0;
        }
        return DenseTensor.of(shape, values);
    }

    private static float at(long index) {
        return Float.intBitsToFloat((int) WEIGHT.bitsAt(index));
    }

    private static Followed follow(String name, Encoded tensor) {
        Model after = ModelBuilder.opset(17).initializer(name, tensor).build();
        List<Followed> followed = Survival.follow(Map.of("w", MASK), Evidence.of(after));
        assertThat(followed).hasSize(1);
        return followed.getFirst();
    }

    @Test
    void knowsATensorByItsName() {
        assertThat(follow("w", CooTensor.of(WEIGHT, MASK)).fate()).isEqualTo(Fate.SPARSE);
        assertThat(follow("w", WEIGHT).fate()).isEqualTo(Fate.DENSE);
    }

    @Test
    void countsZerosThatHaveAValue() {
        float[] values = new float[(int) SHAPE.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = at(i);
        }
        int zero = 0;
        while (values[zero] != 0) {
            zero++;
        }
        values[zero] = 1e-30f;
        Followed followed = follow("w", DenseTensor.of(SHAPE, values));
        assertThat(followed.fate()).isEqualTo(Fate.REVIVED);
        assertThat(followed.detail()).isEqualTo("1 of " + MASK.zeroCount() + " zeros have a value");
    }

    @Test
    void findsARenamedTensorThatWasScaled() {
        float[] values = new float[(int) SHAPE.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = at(i) * (1 + i / 12);
        }
        Followed followed = follow("fused", DenseTensor.of(SHAPE, values));
        assertThat(followed).isEqualTo(new Followed("w", Fate.DENSE, "as 'fused', zero for zero"));
    }

    /// As ONNX Runtime's Attention has the weights of queries, keys and values: [inputs, 3 x outputs].
    @Test
    void findsMatricesThatWereJoined() {
        int rows = 20;
        Map<String, Mask> promised = new LinkedHashMap<>();
        Random random = new Random(3);
        for (String name : List.of("q", "k", "v", "other")) {
            promised.put(name, Mask.of(Shape.of(rows, 10), i -> random.nextInt(3) == 0));
        }
        List<Mask> parts = List.copyOf(promised.values());
        float[] beside = new float[rows * 30];
        float[] below = new float[rows * 30];
        for (int i = 0; i < beside.length; i++) {
            beside[i] = parts.get(i % 30 / 10).isKept(i / 30 * 10 + i % 10) ? 1 : 0;
            below[i % 30 * rows + i / 30] = beside[i];
        }
        for (DenseTensor whole :
                List.of(DenseTensor.of(Shape.of(rows, 30), beside), DenseTensor.of(Shape.of(30, rows), below))) {
            Model after = ModelBuilder.opset(17).initializer("qkv", whole).build();
            String how = "in 'qkv', zero for zero";
            assertThat(Survival.follow(promised, Evidence.of(after)))
                    .containsExactly(
                            new Followed("q", Fate.DENSE, how),
                            new Followed("k", Fate.DENSE, how),
                            new Followed("v", Fate.DENSE, how),
                            new Followed("other", Fate.LOST, "no tensor has its zeros"));
        }
    }

    @Test
    void findsARenamedTensorThatWasTransposed() {
        float[] values = new float[(int) SHAPE.elementCount()];
        for (int i = 0; i < 6; i++) {
            for (int j = 0; j < 4; j++) {
                for (int k = 0; k < 3; k++) {
                    values[(k * 6 + i) * 4 + j] = at((i * 4 + j) * 3 + k);
                }
            }
        }
        Followed followed = follow("folded", DenseTensor.of(Shape.of(3, 6, 4), values));
        assertThat(followed).isEqualTo(new Followed("w", Fate.DENSE, "as 'folded', zero for zero"));
    }

    @Test
    void findsAQuantizedTensorWhoseZeroIs128() {
        long[] bits = new long[(int) SHAPE.elementCount()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = at(i) == 0 ? 128 : 129 + i % 100;
        }
        Followed followed = follow("w_quant", DenseTensor.ofBits(ElementType.U8, Shape.of(6, 1, 12), bits));
        assertThat(followed).isEqualTo(new Followed("w", Fate.DENSE, "as 'w_quant', zero for zero"));
    }

    @Test
    void findsAConvolutionInBlocks() {
        // [20, 10, 2, 1] in blocks of 8 outputs and 8 inputs: [3, 2, 2, 1, 8, 8].
        Shape shape = Shape.of(20, 10, 2, 1);
        DenseTensor weight = pruned(shape);
        float[] both = new float[3 * 2 * 2 * 8 * 8];
        float[] outputs = new float[3 * 10 * 2 * 8];
        for (int o = 0; o < 20; o++) {
            for (int i = 0; i < 10; i++) {
                for (int h = 0; h < 2; h++) {
                    float value = Float.intBitsToFloat((int) weight.bitsAt((o * 10L + i) * 2 + h));
                    both[((((o / 8) * 2 + i / 8) * 2 + h) * 8 + i % 8) * 8 + o % 8] = value;
                    outputs[(((o / 8) * 10 + i) * 2 + h) * 8 + o % 8] = value;
                }
            }
        }
        Mask mask = Mask.ofNonZeros(weight, Quantization.NONE);
        for (DenseTensor laidOut : List.of(
                DenseTensor.of(Shape.of(24, 16, 2, 1), both), DenseTensor.of(Shape.of(24, 10, 2, 1), outputs))) {
            Model after = ModelBuilder.opset(17).initializer("reorder", laidOut).build();
            assertThat(Survival.follow(Map.of("w", mask), Evidence.of(after)))
                    .containsExactly(new Followed("w", Fate.DENSE, "as 'reorder', zero for zero"));
        }
    }

    @Test
    void findsAPaddedTensorByTheNumberOfItsValues() {
        float[] values = new float[8 * 4 * 3];
        for (int i = 0; i < SHAPE.elementCount(); i++) {
            values[i + 5] = at(i);
        }
        Followed followed = follow("reorder", DenseTensor.of(Shape.of(8, 4, 3), values));
        assertThat(followed).isEqualTo(new Followed("w", Fate.DENSE, "as 'reorder', by the number of its values"));
    }

    @Test
    void findsATensorThatWasRoundedToMoreZeros() {
        float[] values = new float[(int) SHAPE.elementCount()];
        int kept = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = at(i) != 0 && kept++ > 0 ? at(i) : 0;
        }
        assertThat(follow("w", DenseTensor.of(SHAPE, values)))
                .isEqualTo(new Followed("w", Fate.DENSE, "under its name, and 1 more"));
        assertThat(follow("w_int4", DenseTensor.of(SHAPE, values)))
                .isEqualTo(new Followed("w", Fate.LOST, "no tensor has its zeros"));
        Shape large = Shape.of(60, 4, 3);
        DenseTensor weight = pruned(large);
        Mask mask = Mask.ofNonZeros(weight, Quantization.NONE);
        float[] rounded = new float[(int) large.elementCount()];
        for (int i = 0; i < rounded.length; i++) {
            float value = Float.intBitsToFloat((int) weight.bitsAt(i));
            rounded[i] = value < 1.2f ? 0 : value;
        }
        Model after = ModelBuilder.opset(17)
                .initializer("bias", DenseTensor.zeros(ElementType.F32, large))
                .initializer("w_int4", DenseTensor.of(Shape.of(60, 12), rounded))
                .build();
        Followed followed =
                Survival.follow(Map.of("w", mask), Evidence.of(after)).getFirst();
        assertThat(followed.fate()).isEqualTo(Fate.DENSE);
        assertThat(followed.detail()).matches("as 'w_int4', zero for zero, and [0-9]+ more");
    }

    @Test
    void takesNoTensorThatIsAnothersZeroForZero() {
        float[] padded = new float[8 * 4 * 3];
        float[] moved = new float[(int) SHAPE.elementCount()];
        for (int i = 0; i < SHAPE.elementCount(); i++) {
            padded[i + 5] = at(i);
            moved[(i + 31) % moved.length] = at(i);
        }
        Mask other = Mask.ofNonZeros(DenseTensor.of(SHAPE, moved), Quantization.NONE);
        Map<String, Mask> promised = new LinkedHashMap<>();
        promised.put("laid out anew", MASK);
        promised.put("renamed", other);
        Model after = ModelBuilder.opset(17)
                .initializer("first", DenseTensor.of(SHAPE, moved))
                .initializer("second", DenseTensor.of(Shape.of(8, 4, 3), padded))
                .build();
        assertThat(Survival.follow(promised, Evidence.of(after)))
                .containsExactly(
                        new Followed("laid out anew", Fate.DENSE, "as 'second', by the number of its values"),
                        new Followed("renamed", Fate.DENSE, "as 'first', zero for zero"));
    }

    @Test
    void promisesNothingWhereThereAreNoZeros() {
        Model model = ModelBuilder.opset(17).initializer("w", WEIGHT).build();
        assertThat(Survival.promised(Evidence.of(model))).isEmpty();
    }

    @Test
    void saysWhatIsLost() {
        DenseTensor other = DenseTensor.of(Shape.of(2, 2), 1, 2, 3, 4);
        assertThat(follow("other", other).fate()).isEqualTo(Fate.LOST);
    }
}
