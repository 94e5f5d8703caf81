package dev.espalier.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrowdedGroupsTest {
    /// Of every width that is looked at differently: several groups to a word, parts of a word, several words.
    @ParameterizedTest
    @CsvSource({
        "1, 16, 1, 2, 4", "3, 10, 1, 2, 4", "2, 33, 1, 1, 2", "2, 12, 3, 3, 5", "5, 8, 9, 2, 4", "1, 9, 63, 1, 4",
        "2, 8, 64, 4, 8", "2, 11, 65, 2, 4", "1, 7, 200, 1, 3", "3, 40, 2, 4, 16", "1, 3, 5, 1, 4", "2, 130, 1, 9, 65"
    })
    void findsWhatCountingFinds(long outer, long rows, long columns, int keep, int group) {
        Grid grid = new Grid(outer, rows, columns);
        Shape shape = Shape.of(outer, rows, columns);
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            double share = random.nextDouble();
            Mask mask = Mask.of(shape, i -> random.nextDouble() < share);
            long count = 0;
            long first = -1;
            for (long at = 0; at < shape.elementCount(); at++) {
                long row = at / columns % rows;
                if (row % group == 0 && row + group <= rows && ones(mask, at, columns, group) > keep) {
                    first = count++ == 0 ? at : first;
                }
            }
            SparsityPattern.Violations found = CrowdedGroups.in(mask, grid, keep, group, Long.MAX_VALUE);
            assertThat(found).isEqualTo(new SparsityPattern.Violations(count, first));
            assertThat(CrowdedGroups.in(mask, grid, keep, group, 1).count() > 0).isEqualTo(count > 0);
        }
    }

    private static int ones(Mask mask, long first, long columns, int group) {
        int ones = 0;
        for (int i = 0; i < group; i++) {
            ones += mask.isKept(first + i * columns) ? 1 : 0;
        }
        return ones;
    }
}
