package dev.espalier.sparse;

import java.util.Arrays;

/// Finds groups with too many ones, up to 64 at a time: each bit of a word stands for a group, and the words are
/// those of its elements, one after the other.
final class CrowdedGroups {
    private final Mask mask;
    private final long columns;
    private final int group;
    private final int width;
    /// `atLeast[k]`: the groups in which that many ones have been found.
    private final long[] atLeast;
    private long count;
    private long first = -1;

    private CrowdedGroups(Mask mask, long columns, int keep, int group) {
        this.mask = mask;
        this.columns = columns;
        this.group = group;
        this.width = (int) Math.min(64, columns);
        this.atLeast = new long[keep + 2];
    }

    /// Groups that follow each other along the rows of a grid and have more than `keep` ones.
    ///
    /// @param enough how many need be found before the search may end
    static SparsityPattern.Violations in(Mask mask, Grid grid, int keep, int group, long enough) {
        CrowdedGroups found = new CrowdedGroups(mask, grid.columns(), keep, group);
        long size = group * grid.columns();
        long wholes = grid.rows() / group;
        for (long outer = 0; outer < grid.outer(); outer++) {
            long from = outer * grid.rows() * grid.columns();
            found.look(from, from + wholes * size, enough);
        }
        return new SparsityPattern.Violations(found.count, found.first);
    }

    private void look(long start, long end, long enough) {
        long size = group * columns;
        // As many rows of groups as there is room for in a word, or a part of one.
        int rows = (int) Math.max(1, 64 / size);
        long lanes = 0;
        for (int row = 0; row < rows; row++) {
            lanes |= ones(width) << (row * size);
        }
        for (long from = start; from < end && count < enough; from += rows * size) {
            long here = Math.min(rows * size, end - from);
            for (long column = 0; column < columns; column += 64) {
                long valid = columns > 64 ? ones((int) Math.min(64, columns - column)) : lanes;
                lookAt(from + column, here < 64 ? valid & ones((int) here) : valid);
            }
        }
    }

    private void lookAt(long at, long lanes) {
        Arrays.fill(atLeast, 0);
        atLeast[0] = lanes;
        for (int i = 0; i < group; i++) {
            long from = at + i * columns;
            long word = mask.word(from, (int) Math.min(64, mask.shape().elementCount() - from));
            for (int k = atLeast.length - 1; k > 0; k--) {
                atLeast[k] |= atLeast[k - 1] & word;
            }
        }
        long crowded = atLeast[atLeast.length - 1];
        if (crowded != 0) {
            first = count == 0 ? at + Long.numberOfTrailingZeros(crowded) : first;
            count += Long.bitCount(crowded);
        }
    }

    private static long ones(int count) {
        return count == 64 ? -1L : (1L << count) - 1;
    }
}
