package dev.espalier.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EmptyRowsTest {
    @Test
    void areThoseWithoutAnElementInAnyMatrix() {
        Random random = new Random(3);
        for (Grid grid : new Grid[] {
            new Grid(1, 5, 7), new Grid(3, 4, 2), new Grid(6, 9, 1), new Grid(1, 1, 100), new Grid(2, 70, 3)
        }) {
            MaskBuilder mask = new MaskBuilder(Shape.of(grid.elementCount()));
            BitSet expected = new BitSet();
            expected.set(0, (int) grid.rows());
            for (int k = 0; k < grid.rows(); k++) {
                long index = random.nextLong(grid.elementCount());
                mask.keep(index);
                expected.clear((int) (index / grid.columns() % grid.rows()));
            }
            assertThat(EmptyRows.count(mask.build(), grid)).as(grid.toString()).isEqualTo(expected.cardinality());
        }
    }

    @Test
    void areAllOfNoElements() {
        assertThat(EmptyRows.count(new MaskBuilder(Shape.of(12)).build(), new Grid(2, 3, 2)))
                .isEqualTo(3);
    }

    @Test
    void needAGridOfTheMask() {
        Mask mask = new MaskBuilder(Shape.of(12)).build();
        assertThatThrownBy(() -> EmptyRows.count(mask, new Grid(1, 3, 3))).isInstanceOf(IllegalArgumentException.class);
    }
}
