package dev.espalier.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

final class MagnitudeCountsTest {
    @Test
    void countsBetweenEdgesAndAddsSquares() {
        DenseTensor tensor = DenseTensor.of(Shape.of(7), 0f, -0f, 0.5f, -1f, 1.5f, -2f, 4f);
        MagnitudeCounts counts = MagnitudeCounts.of(tensor, Quantization.NONE, 1, 2, 2);
        assertThat(counts.zeros()).isEqualTo(2);
        assertThat(counts.largest()).isEqualTo(4);
        assertThat(counts.energy()).isEqualTo(0.25 + 1 + 2.25 + 4 + 16);
        assertThat(counts.nonZeros()).containsExactly(1, 2, 0, 2);
        assertThat(counts.below(0)).isEqualTo(3);
        assertThat(counts.below(1)).isEqualTo(5);
        assertThat(counts.below(2)).isEqualTo(5);
        assertThat(counts.energyBelow(0)).isEqualTo(0.25);
        assertThat(counts.energyBelow(2)).isEqualTo(3.5);
    }

    @Test
    void findsEdgesInsideABinadeAndBelowNormalNumbers() {
        double tiny = Double.MIN_VALUE;
        DenseTensor tensor = DenseTensor.ofBits(
                ElementType.F64,
                Shape.of(4),
                Double.doubleToRawLongBits(tiny),
                Double.doubleToRawLongBits(1.24),
                Double.doubleToRawLongBits(1.25),
                Double.doubleToRawLongBits(-1.9));
        MagnitudeCounts counts = MagnitudeCounts.of(tensor, Quantization.NONE, tiny, 1.25, 1.5, 1e300);
        assertThat(counts.nonZeros()).containsExactly(0, 2, 1, 1, 0);
    }

    @Test
    void keepsWhatIsNotFiniteOutOfTheSums() {
        DenseTensor tensor =
                DenseTensor.of(Shape.of(4), Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3f);
        MagnitudeCounts counts = MagnitudeCounts.of(tensor, Quantization.NONE, 1);
        assertThat(counts.unprunable()).isEqualTo(3);
        assertThat(counts.energy()).isEqualTo(9);
        assertThat(counts.largest()).isEqualTo(3);
    }

    @Test
    void measuresQuantizedWeightsFromTheirZeroPoints() {
        DenseTensor tensor = DenseTensor.ofBits(ElementType.U8, Shape.of(2, 2), 128, 130, 10, 6);
        Quantization quantization =
                Quantization.perAxis(Shape.of(2, 2), 0, new long[] {128, 10}, new double[] {0.5, 2});
        MagnitudeCounts counts = MagnitudeCounts.of(tensor, quantization, 2);
        assertThat(counts.zeros()).isEqualTo(2);
        assertThat(counts.energy()).isEqualTo(1 + 64);
        assertThat(counts.nonZeros()).containsExactly(1, 1);
    }

    @Test
    void isTheSameForAnyNumberOfThreads() throws Exception {
        Random random = new Random(1);
        float[] values = new float[(1 << 21) + 77];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        DenseTensor tensor = DenseTensor.of(Shape.of(values.length), values);
        Callable<Double> energy =
                () -> MagnitudeCounts.of(tensor, Quantization.NONE, 0.1).energyBelow(0);
        try (ForkJoinPool one = new ForkJoinPool(1);
                ForkJoinPool four = new ForkJoinPool(4)) {
            assertThat(one.submit(energy).get()).isEqualTo(four.submit(energy).get());
        }
    }
}
