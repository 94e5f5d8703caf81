package dev.espalier.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ShapeTest {
    @Test
    void refusesNegativeAndOverflowingDimensions() {
        assertThat(Shape.isValid(-1)).isFalse();
        assertThat(Shape.isValid(1L << 32, 1L << 32)).isFalse();
        assertThat(Shape.isValid(0, Long.MAX_VALUE, Long.MAX_VALUE)).isFalse();
        assertThat(Shape.isValid(Long.MAX_VALUE, 0)).isFalse();
        assertThatThrownBy(() -> Shape.of(-3)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countsElements() {
        assertThat(Shape.of().elementCount()).isEqualTo(1);
        assertThat(Shape.of(2, 3, 4).elementCount()).isEqualTo(24);
        assertThat(Shape.of(5, 0).elementCount()).isZero();
        assertThat(Shape.of(2, 3).dim(-1)).isEqualTo(3);
        assertThat(Shape.of(2, 3)).hasToString("2x3");
        assertThat(Shape.of()).hasToString("scalar");
    }
}
