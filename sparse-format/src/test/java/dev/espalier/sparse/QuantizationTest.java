package dev.espalier.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class QuantizationTest {
    private static final Shape SHAPE = Shape.of(3, 10, 7);

    /// What ONNX says: along the axis each block, and of other axes each index, has its own.
    static Stream<Arguments> blocks() {
        return Stream.of(1, 3, 4, 10, 16).flatMap(block -> Stream.of(0, 1, 2).map(axis -> Arguments.of(axis, block)));
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void everyBlockHasItsZeroPointAndScale(int axis, int block) {
        Grid grid = Grid.along(SHAPE, axis);
        long blocks = Math.ceilDiv(grid.rows(), (long) block);
        int count = (int) (grid.outer() * blocks * grid.columns());
        Random random = new Random(axis * 31 + block);
        long[] zeros = random.longs(count, 0, 16).toArray();
        double[] scales = random.doubles(count, 0.5, 2).toArray();
        check(Quantization.perBlock(SHAPE, axis, block, zeros, scales), zeros, scales, i -> (int)
                ((i / grid.columns() / grid.rows() * blocks + i / grid.columns() % grid.rows() / block) * grid.columns()
                        + i % grid.columns()));
        assertThatThrownBy(() -> Quantization.perBlock(SHAPE, axis, block, new long[count + 1], new double[count + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void everyIndexAlongAnAxisHasItsZeroPointAndScale(int axis, int unused) {
        Grid grid = Grid.along(SHAPE, axis);
        long[] zeros = new Random(axis).longs(grid.rows(), 0, 16).toArray();
        double[] scales = new Random(axis).doubles(grid.rows(), 0.5, 2).toArray();
        check(Quantization.perAxis(SHAPE, axis, zeros, scales), zeros, scales, i ->
                (int) (i / grid.columns() % grid.rows()));
    }

    private interface Place {
        int of(long element);
    }

    private static void check(Quantization quantization, long[] zeros, double[] scales, Place place) {
        int count = (int) SHAPE.elementCount();
        long[] bits = new Random(8).longs(count, 0, 16).toArray();
        DenseTensor tensor = DenseTensor.ofBits(ElementType.U4, SHAPE, bits);
        Mask nonZeros = Mask.ofNonZeros(tensor, quantization);
        long[] scores = new long[count];
        Magnitudes.of(tensor, quantization, 63).read(0, count, scores);
        double[] values = new double[count];
        new Values(tensor, quantization).read(0, count, values);
        DenseTensor pruned = new MaskBuilder(SHAPE).build().applyTo(tensor, quantization);
        for (int i = 0; i < count; i++) {
            long zero = zeros[place.of(i)];
            double value = (bits[i] - zero) * scales[place.of(i)];
            assertThat(quantization.zeroAt(i)).isEqualTo(zero);
            assertThat(nonZeros.isKept(i)).isEqualTo(bits[i] != zero);
            assertThat(Double.longBitsToDouble(scores[i])).isEqualTo(Math.abs(value));
            assertThat(values[i]).isEqualTo(value);
            assertThat(pruned.bitsAt(i)).isEqualTo(zero);
        }
    }

    @Test
    void elementsSideBySideHaveOneZeroTogether() {
        Quantization narrow = Quantization.perTensor(8, 0.5);
        assertThat(narrow.repeated(ElementType.U4, ElementType.U8).zeroAt(5)).isEqualTo(0x88);
        assertThat(Quantization.perTensor(2, 1)
                        .repeated(ElementType.U2, ElementType.U8)
                        .zeroAt(0))
                .isEqualTo(0b10101010);
        Quantization two = Quantization.perAxis(Shape.of(2), 0, new long[] {1, 2}, new double[] {1, 1});
        assertThat(two.hasOneZero()).isFalse();
        assertThat(two.hasZerosOf(narrow)).isFalse();
        assertThat(two.hasZerosOf(two.ofUnknownScale())).isTrue();
        assertThatThrownBy(() -> two.repeated(ElementType.U4, ElementType.U8))
                .isInstanceOf(IllegalStateException.class);
    }
}
