package dev.espalier.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class MagnitudesTest {
    private static final long NEGATIVE = 1L << 63;

    private static long[] read(DenseTensor tensor, Quantization quantization, int bits) {
        long[] scores = new long[(int) tensor.elementCount()];
        Magnitudes.of(tensor, quantization, bits).read(0, scores.length, scores);
        return scores;
    }

    @Test
    void orderFloatsByAbsoluteValue() {
        DenseTensor tensor = DenseTensor.of(Shape.of(6), -0f, Float.MIN_VALUE, -1f, 1.5f, -Float.MAX_VALUE, 0f);
        long[] scores = read(tensor, Quantization.NONE, 31);
        assertThat(scores[0]).isZero();
        assertThat(scores[5]).isZero();
        assertThat(scores[1]).isPositive().isLessThan(scores[2]);
        assertThat(scores[2]).isLessThan(scores[3]);
        assertThat(scores[3]).isLessThan(scores[4]);
        assertThat(scores[4]).isLessThan(Scores.never(31));
    }

    @Test
    void neverLetNanAndInfinityGo() {
        DenseTensor f32 =
                DenseTensor.of(Shape.of(3), Float.NaN, Float.NEGATIVE_INFINITY, Float.intBitsToFloat(0xFFC0_0001));
        DenseTensor f16 = DenseTensor.ofBits(ElementType.F16, Shape.of(3), 0x7C00, 0xFC00, 0x7E00);
        DenseTensor bf16 = DenseTensor.ofBits(ElementType.BF16, Shape.of(3), 0x7F80, 0xFF80, 0x7FC0);
        DenseTensor f64 = DenseTensor.ofBits(
                ElementType.F64,
                Shape.of(2),
                Double.doubleToRawLongBits(Double.NaN),
                0x7FF0_0000_0000_0000L | NEGATIVE);
        for (DenseTensor tensor : new DenseTensor[] {f32, f16, bf16}) {
            assertThat(LongStream.of(read(tensor, Quantization.NONE, 31))).allMatch(score -> score >= Scores.never(31));
        }
        for (DenseTensor tensor : new DenseTensor[] {f32, f16, bf16, f64}) {
            assertThat(LongStream.of(read(tensor, Quantization.NONE, 63))).allMatch(score -> score >= Scores.never(63));
            assertThat(Magnitudes.census(tensor, Quantization.NONE).unprunable())
                    .isEqualTo(tensor.elementCount());
        }
    }

    @Test
    void compareAcrossTypesAsDoubles() {
        long half = Double.doubleToRawLongBits(0.5);
        assertThat(read(DenseTensor.of(Shape.of(1), -0.5f), Quantization.NONE, 63))
                .containsExactly(half);
        assertThat(read(DenseTensor.ofBits(ElementType.F16, Shape.of(1), 0xB800), Quantization.NONE, 63))
                .containsExactly(half);
        assertThat(read(DenseTensor.ofBits(ElementType.BF16, Shape.of(1), 0x3F00), Quantization.NONE, 63))
                .containsExactly(half);
        assertThat(read(DenseTensor.ofBits(ElementType.F64, Shape.of(1), half | NEGATIVE), Quantization.NONE, 63))
                .containsExactly(half);
    }

    @Test
    void measureQuantizedWeightsFromTheirZeroPointInRealUnits() {
        DenseTensor signed = DenseTensor.ofBits(ElementType.I8, Shape.of(3), 0x80, 3, 0x7F);
        assertThat(read(signed, Quantization.perTensor(3, 0.5), 63))
                .containsExactly(Double.doubleToRawLongBits(65.5), 0, Double.doubleToRawLongBits(62));
        DenseTensor unsigned = DenseTensor.ofBits(ElementType.U8, Shape.of(2, 2), 128, 130, 0, 10);
        Quantization perRow = Quantization.perAxis(Shape.of(2, 2), 0, new long[] {128, 10}, new double[] {1, 2});
        assertThat(read(unsigned, perRow, 63))
                .containsExactly(0, Double.doubleToRawLongBits(2), Double.doubleToRawLongBits(20), 0);
    }

    @Test
    void readInBlocksAsInOneGo() {
        DenseTensor tensor = DenseTensor.ofBits(
                ElementType.U8,
                Shape.of(7, 11, 3),
                IntStream.range(0, 231).mapToLong(i -> i * 37L % 256).toArray());
        Quantization perAxis = Quantization.perAxis(
                tensor.shape(),
                1,
                IntStream.range(0, 11).mapToLong(i -> i * 20L).toArray(),
                IntStream.range(1, 12).mapToDouble(i -> i).toArray());
        Magnitudes magnitudes = Magnitudes.of(tensor, perAxis, 63);
        long[] whole = read(tensor, perAxis, 63);
        long[] block = new long[10];
        for (int from = 0; from < 231; from += 10) {
            int count = Math.min(10, 231 - from);
            magnitudes.read(from, count, block);
            for (int i = 0; i < count; i++) {
                assertThat(block[i]).isEqualTo(whole[from + i]);
            }
        }
    }
}
