package dev.espalier.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class SmallNumbersTest {
    /// The largest and the smallest positive number of each format, as its specification gives them.
    @ParameterizedTest
    @CsvSource({
        "F8E4M3FN, 448, 0.001953125, 2",
        "F8E4M3FNUZ, 240, 0.0009765625, 1",
        "F8E5M2, 57344, 0.0000152587890625, 6",
        "F8E5M2FNUZ, 57344, 0.00000762939453125, 1",
        "F6E2M3, 7.5, 0.125, 0",
        "F6E3M2, 28, 0.0625, 0",
        "F4E2M1, 6, 0.5, 0",
        "I2, 1, 1, 0",
        "I4, 7, 1, 0",
        "U4, 15, 1, 0",
        "I16, 32767, 1, 0",
        "U16, 65535, 1, 0"
    })
    void hasTheRangeOfItsFormat(ElementType type, double largest, double smallest, int nan) {
        double[] numbers = SmallNumbers.of(type);
        assertThat(Arrays.stream(numbers).filter(Double::isFinite).max()).hasValue(largest);
        assertThat(Arrays.stream(numbers).filter(n -> n > 0).min()).hasValue(smallest);
        assertThat(Arrays.stream(numbers).filter(Double::isNaN)).hasSize(nan);
        assertThat(numbers[0]).isZero();
    }

    @Test
    void everyFourBitFloatIsInItsPlace() {
        assertThat(SmallNumbers.of(ElementType.F4E2M1))
                .containsExactly(0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6);
        assertThat(SmallNumbers.of(ElementType.I2)).containsExactly(0, 1, -2, -1);
    }

    @Test
    void whatHasNoZeroHasNoTable() {
        assertThat(SmallNumbers.has(ElementType.F8E8M0)).isFalse();
        assertThatThrownBy(() -> SmallNumbers.of(ElementType.F32)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"I2", "U2", "I4", "U4", "F4E2M1", "F6E2M3", "F6E3M2"})
    void elementsThatShareBytesAreWrittenOneByOne(ElementType type) {
        int count = 1001;
        long[] bits = new Random(4).longs(count, 0, 1L << type.bits()).toArray();
        DenseTensor tensor = DenseTensor.ofBits(type, Shape.of(count), bits);
        long[] read = new long[count];
        tensor.readBits(0, count, read);
        assertThat(read).isEqualTo(bits);
        for (int i : new int[] {0, 1, 7, 500, 1000}) {
            tensor.setBits(i, bits[i] ^ 1);
            assertThat(tensor.bitsAt(i)).isEqualTo(bits[i] ^ 1);
            tensor.setBits(i, bits[i]);
        }
        tensor.readBits(3, 990, read);
        assertThat(Arrays.copyOf(read, 990)).isEqualTo(Arrays.copyOfRange(bits, 3, 993));
        DenseTensor copy = DenseTensor.zeros(type, Shape.of(count));
        copy.copy(tensor, 3, 1, 990);
        assertThat(copy.bitsAt(0)).isZero();
        assertThat(copy.bitsAt(990)).isEqualTo(bits[992]);
        assertThat(copy.bitsAt(991)).isZero();
    }
}
