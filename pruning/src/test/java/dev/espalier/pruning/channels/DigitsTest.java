package dev.espalier.pruning.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.pruning.channels.Digits.Digit;
import org.junit.jupiter.api.Test;

final class DigitsTest {
    @Test
    void takesAnAxisApartOuterDigitFirst() {
        assertThat(Digits.of(new long[] {2, 12}).reshape(new long[] {2, 3, 4}).digits())
                .containsExactly(new Digit(2, 0, 1, 0, 1), new Digit(3, 1, 4, 1, 1), new Digit(4, 1, 1, 2, 1));
    }

    @Test
    void putsAxesTogether() {
        assertThat(Digits.of(new long[] {2, 3, 4}).reshape(new long[] {2, 12}).digits())
                .containsExactly(new Digit(2, 0, 1, 0, 1), new Digit(3, 1, 1, 1, 4), new Digit(4, 2, 1, 1, 1));
    }

    @Test
    void doesNotSeeAxesOfOne() {
        assertThat(Digits.of(new long[] {1, 6, 1})
                        .reshape(new long[] {6, 1, 1, 1})
                        .digits())
                .containsExactly(new Digit(6, 1, 1, 0, 1));
    }

    @Test
    void findsThePermutationOfAShuffle() {
        Digits shuffle = Digits.of(new long[] {1, 6})
                .reshape(new long[] {1, 2, 3})
                .transpose(new int[] {0, 2, 1})
                .reshape(new long[] {1, 6});
        assertThat(shuffle.digits()).containsExactly(new Digit(3, 1, 1, 1, 2), new Digit(2, 1, 3, 1, 1));
    }

    @Test
    void joinsWhatStaysTogether() {
        assertThat(Digits.of(new long[] {24})
                        .reshape(new long[] {2, 3, 4})
                        .reshape(new long[] {24})
                        .digits())
                .containsExactly(new Digit(24, 0, 1, 0, 1));
    }

    @Test
    void breaksWhatIsCutAcross() {
        Digits broken = Digits.of(new long[] {5, 6, 4}).reshape(new long[] {5, 8, 3});
        assertThat(broken.digits()).containsExactly(new Digit(5, 0, 1, 0, 1));
        assertThat(broken.brokenIn()).containsExactlyInAnyOrder(1, 2);
        assertThat(broken.brokenOut()).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void refusesAnotherNumberOfElements() {
        assertThatThrownBy(() -> Digits.of(new long[] {6}).reshape(new long[] {4}))
                .isInstanceOf(UnsupportedFormException.class);
    }
}
