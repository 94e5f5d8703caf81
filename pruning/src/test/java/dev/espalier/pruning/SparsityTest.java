package dev.espalier.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SparsityTest {
    @Test
    void countsExactly() {
        assertThat(Sparsity.parse("0.9").of(10)).isEqualTo(9);
        assertThat(Sparsity.parse("90%").of(4_000_000_000_000L)).isEqualTo(3_600_000_000_000L);
        assertThat(Sparsity.parse("0.07").of(100)).isEqualTo(7);
        assertThat(Sparsity.parse("1").of(3)).isEqualTo(3);
        assertThat(Sparsity.parse("0").of(3)).isZero();
    }

    @Test
    void roundsHalfToEven() {
        Sparsity half = Sparsity.parse(".5");
        assertThat(half.of(1)).isZero();
        assertThat(half.of(3)).isEqualTo(2);
        assertThat(half.of(5)).isEqualTo(2);
        assertThat(half.of(7)).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.01", "-0.1", "101%", "abc", "", "%", "NaN", "1e-400000000", "0x1", ".", "0,9", "Infinity"})
    void refusesWhatIsNoShare(String text) {
        assertThatThrownBy(() -> Sparsity.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsAsPeopleWriteIt() {
        assertThat(Sparsity.parse("0.90")).hasToString("90 %");
        assertThat(Sparsity.parse("33.3%")).hasToString("33.3 %");
    }
}
