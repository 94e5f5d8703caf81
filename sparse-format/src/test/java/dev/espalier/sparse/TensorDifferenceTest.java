package dev.espalier.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class TensorDifferenceTest {
    private static TensorDifference compare(DenseTensor before, DenseTensor after) {
        return TensorDifference.of(before, Quantization.NONE, after, Quantization.NONE);
    }

    @Test
    void countsAndMeasuresWhatChanged() {
        TensorDifference difference = compare(
                DenseTensor.of(Shape.of(5), 3f, 0f, -4f, 0f, 1f), DenseTensor.of(Shape.of(5), 0f, -0f, -4f, 2f, 1f));
        assertThat(difference).isEqualTo(new TensorDifference(2, 2, 2, 1, 26, 17, 13));
        assertThat(difference.keptShare()).hasValue(17.0 / 26);
        assertThat(difference.relativeChange().orElseThrow()).isCloseTo(Math.sqrt(0.5), within(1e-15));
        assertThat(difference.isPruning()).isFalse();
    }

    @Test
    void knowsPruning() {
        TensorDifference difference =
                compare(DenseTensor.of(Shape.of(3), 1f, 0f, 2f), DenseTensor.of(Shape.of(3), 0f, 0f, 2f));
        assertThat(difference.isPruning()).isTrue();
        assertThat(difference.relativeChange().orElseThrow()
                        * difference.relativeChange().orElseThrow())
                .isCloseTo(1 - difference.keptShare().orElseThrow(), within(1e-15));
    }

    @Test
    void comparesNumbersWhateverTheirType() {
        DenseTensor f32 = DenseTensor.of(Shape.of(3), 0.5f, -2f, 0f);
        DenseTensor f16 = DenseTensor.ofBits(ElementType.F16, Shape.of(3), 0x3800, 0xC000, 0x8000);
        DenseTensor bf16 = DenseTensor.ofBits(ElementType.BF16, Shape.of(3), 0x3F00, 0xC000, 0);
        DenseTensor i8 = DenseTensor.ofBits(ElementType.I8, Shape.of(3), 4, 0xFF, 3);
        assertThat(compare(f32, f16).changed()).isZero();
        assertThat(compare(f16, bf16).changed()).isZero();
        assertThat(TensorDifference.of(f32, Quantization.NONE, i8, Quantization.perTensor(3, 0.5))
                        .changed())
                .isZero();
    }

    @Test
    void hasNoSharesOfWhatIsNotFiniteOrNothing() {
        DenseTensor nan = DenseTensor.of(Shape.of(2), Float.NaN, 1f);
        assertThat(compare(nan, nan).changed()).isZero();
        assertThat(compare(nan, nan).keptShare()).isEmpty();
        DenseTensor zero = DenseTensor.of(Shape.of(2), 0f, 0f);
        assertThat(compare(zero, zero).keptShare()).isEmpty();
        assertThat(compare(zero, zero).relativeChange()).isEmpty();
    }

    @Test
    void needsEqualShapes() {
        DenseTensor two = DenseTensor.of(Shape.of(2), 1, 2);
        DenseTensor pair = DenseTensor.of(Shape.of(1, 2), 1, 2);
        assertThatThrownBy(() -> compare(two, pair)).isInstanceOf(IllegalArgumentException.class);
    }
}
