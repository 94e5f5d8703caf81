package dev.espalier.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MaskTest {
    @Test
    void takesNegativeZeroForZeroAndNanForAValue() {
        Mask mask = Mask.ofNonZeros(DenseTensor.of(Shape.of(4), -0f, Float.NaN, 0f, 1f), Quantization.NONE);
        assertThat(mask.zeroCount()).isEqualTo(2);
        assertThat(mask.isKept(1)).isTrue();
        assertThat(mask.isKept(0)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"C64", "C128", "STRING", "UNKNOWN"})
    void countsZerosOfEveryType(ElementType type) {
        DenseTensor zeros = DenseTensor.zeros(type, Shape.of(1000));
        assertThat(Mask.ofNonZeros(zeros, Quantization.NONE).zeroCount()).isEqualTo(1000);
        // The lowest bit of the first byte belongs to the first element, whatever the width.
        zeros.data().set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        assertThat(Mask.ofNonZeros(zeros, Quantization.NONE).zeroCount()).isEqualTo(999);
    }

    @Test
    void knowsTheFormatsWithoutNegativeZero() {
        DenseTensor bits = DenseTensor.ofBits(ElementType.U8, Shape.of(1), 0x80);
        assertThat(zeros(new DenseTensor(ElementType.F8E4M3FN, Shape.of(1), bits.data())))
                .isEqualTo(1);
        assertThat(zeros(new DenseTensor(ElementType.F8E4M3FNUZ, Shape.of(1), bits.data())))
                .isZero();
    }

    private static long zeros(DenseTensor tensor) {
        return Mask.ofNonZeros(tensor, Quantization.NONE).zeroCount();
    }

    @Test
    void readsElementsBelowAByteFromTheLowBitsUp() {
        DenseTensor bytes = DenseTensor.ofBits(ElementType.U8, Shape.of(3), 0b0101_0001, 0b0000_0000, 0b1111_1100);
        DenseTensor sixBits = new DenseTensor(ElementType.F6E2M3, Shape.of(4), bytes.data());
        assertThat(sixBits.bitsAt(0)).isEqualTo(0b01_0001);
        assertThat(sixBits.bitsAt(1)).isEqualTo(0b00_0001);
        assertThat(sixBits.bitsAt(2)).isZero();
        assertThat(sixBits.bitsAt(3)).isEqualTo(0b11_1111);
    }

    @Test
    void findsZerosAtTheZeroPointOfEachChannel() {
        DenseTensor tensor = DenseTensor.ofBits(ElementType.U8, Shape.of(2, 2), 5, 7, 5, 7);
        Quantization perColumn = Quantization.perAxis(tensor.shape(), 1, new long[] {5, 9}, new double[] {1, 1});
        Mask mask = Mask.ofNonZeros(tensor, perColumn);
        assertThat(mask.zeroCount()).isEqualTo(2);
        assertThat(mask.isKept(0)).isFalse();
        assertThat(mask.isKept(1)).isTrue();
        DenseTensor pruned = Mask.ofNonZeros(DenseTensor.zeros(ElementType.U8, tensor.shape()), Quantization.NONE)
                .applyTo(tensor, perColumn);
        assertThat(pruned.bitsAt(0)).isEqualTo(5);
        assertThat(pruned.bitsAt(1)).isEqualTo(9);
    }

    @Test
    void appliesToWhatItKeepsBitForBit() {
        Random random = new Random(3);
        DenseTensor tensor = DenseTensor.ofBits(
                ElementType.F32,
                Shape.of(7, 131),
                random.ints(7 * 131).mapToLong(i -> i).toArray());
        Mask mask = Mask.ofNonZeros(
                DenseTensor.ofBits(
                        ElementType.I8,
                        tensor.shape(),
                        random.ints(7 * 131, 0, 2).mapToLong(i -> i).toArray()),
                Quantization.NONE);
        DenseTensor pruned = mask.applyTo(tensor, Quantization.NONE);
        for (int i = 0; i < tensor.elementCount(); i++) {
            assertThat(pruned.bitsAt(i)).isEqualTo(mask.isKept(i) ? tensor.bitsAt(i) : 0);
        }
    }

    @Test
    void walksItsOnes() {
        DenseTensor tensor = DenseTensor.zeros(ElementType.U8, Shape.of(300));
        for (long i : new long[] {0, 63, 64, 191, 299}) {
            tensor.setBits(i, 1);
        }
        Mask mask = Mask.ofNonZeros(tensor, Quantization.NONE);
        assertThat(mask.nextKept(0)).isZero();
        assertThat(mask.nextKept(1)).isEqualTo(63);
        assertThat(mask.nextKept(64)).isEqualTo(64);
        assertThat(mask.nextKept(65)).isEqualTo(191);
        assertThat(mask.nextKept(192)).isEqualTo(299);
        assertThat(mask.nextKept(300)).isEqualTo(-1);
    }

    @Test
    void digestsPositionsAndNothingElse() {
        Mask one = Mask.ofNonZeros(DenseTensor.of(Shape.of(3), 1, 0, 2), Quantization.NONE);
        Mask same = Mask.ofNonZeros(DenseTensor.of(Shape.of(3), -5, 0, 9), Quantization.NONE);
        Mask moved = Mask.ofNonZeros(DenseTensor.of(Shape.of(3), 0, 1, 2), Quantization.NONE);
        assertThat(one.digest()).isEqualTo(same.digest()).isNotEqualTo(moved.digest());
        // SHA-256 of the one byte 0b101: stored manifests depend on it.
        assertThat(one.digest()).isEqualTo("e77b9a9ae9e30b0dbdb6f510a264ef9d");
    }

    @Test
    void saysWhatCameBack() {
        Mask promised = Mask.ofNonZeros(DenseTensor.of(Shape.of(4), 1, 0, 0, 2), Quantization.NONE);
        Mask found = Mask.ofNonZeros(DenseTensor.of(Shape.of(4), 1, 0, 3, 0), Quantization.NONE);
        assertThat(promised.revivedIn(found)).isEqualTo(1);
        assertThat(promised.firstRevivedIn(found)).isEqualTo(2);
        assertThat(promised.firstRevivedIn(promised)).isEqualTo(-1);
        Mask other = Mask.ofNonZeros(DenseTensor.of(Shape.of(2, 2), 1, 0, 0, 2), Quantization.NONE);
        assertThatThrownBy(() -> promised.revivedIn(other)).isInstanceOf(IllegalArgumentException.class);
    }
}
