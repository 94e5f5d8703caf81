package dev.espalier.sparse;

/// Of every `group` elements that follow each other along the rows of a grid, in one column, at most `keep` are not
/// zero (NVIDIA's meaning of 2:4). Rows that are left over after the last whole group are free.
///
/// @param keep how many may stay, 1 to `group` - 1
/// @param group of how many
/// @param grid whose rows are what hardware sums over
public record NofM(int keep, int group, Grid grid) implements SparsityPattern {
    private static final int BLOCK = 4096;
    private static final Scores NO_UNITS = new NoUnits();

    public NofM {
        if (keep < 1 || keep >= group || group > BLOCK) {
            throw new IllegalArgumentException(keep + " of every " + group + " is no pattern");
        }
    }

    /// Each group decides for itself.
    @Override
    public Scores units(Scores elements) {
        return NO_UNITS;
    }

    @Override
    public long unitOf(long element) {
        long row = element / grid.columns();
        long groups = Math.ceilDiv(grid.rows(), (long) group);
        return (row / grid.rows() * groups + row % grid.rows() / group) * grid.columns() + element % grid.columns();
    }

    /// Number of whole groups.
    public long groupCount() {
        return grid.outer() * (grid.rows() / group) * grid.columns();
    }

    /// Rows after the last whole group.
    public long tail() {
        return grid.rows() % group;
    }

    @Override
    public Mask select(Shape shape, Scores elements, Scores units, Cut cut) {
        MaskBuilder mask = new MaskBuilder(shape);
        long[] scores = GroupTile.block();
        int[] largest = new int[keep];
        GroupTile.forEach(grid, group, tile -> {
            tile.read(elements::read, scores);
            for (int row = 0; row < tile.rows(); row += group) {
                if (group == 4 && tile.rows() - row >= 4) {
                    keepOfFour(scores, tile, row, Scores.never(elements.bits()), mask);
                    continue;
                }
                for (int column = 0; column < tile.width(); column++) {
                    keepLargest(scores, tile, row, column, elements.bits(), largest, mask);
                }
            }
        });
        return mask.build();
    }

    /// Groups of four, which are what hardware knows, by comparing each with each, without a branch: of two, the
    /// first loses unless it is larger, and those that lose to fewer than `keep` stay.
    private void keepOfFour(long[] scores, GroupTile tile, int first, long never, MaskBuilder mask) {
        int width = tile.width();
        for (int start = 0; start < width; start += 64) {
            int end = Math.min(width, start + 64);
            long stayA = 0;
            long stayB = 0;
            long stayC = 0;
            long stayD = 0;
            for (int column = start; column < end; column++) {
                int at = first * width + column;
                long a = scores[at];
                long b = scores[at + width];
                long c = scores[at + 2 * width];
                long d = scores[at + 3 * width];
                long ab = (b - a) >>> 63;
                long ac = (c - a) >>> 63;
                long ad = (d - a) >>> 63;
                long bc = (c - b) >>> 63;
                long bd = (d - b) >>> 63;
                long cd = (d - c) >>> 63;
                int bit = column - start;
                stayA |= stays(a, 3 - ab - ac - ad, never) << bit;
                stayB |= stays(b, 2 + ab - bc - bd, never) << bit;
                stayC |= stays(c, 1 + ac + bc - cd, never) << bit;
                stayD |= stays(d, ad + bd + cd, never) << bit;
            }
            mask.keep(tile.positionOf(first, start), end - start, stayA);
            mask.keep(tile.positionOf(first + 1, start), end - start, stayB);
            mask.keep(tile.positionOf(first + 2, start), end - start, stayC);
            mask.keep(tile.positionOf(first + 3, start), end - start, stayD);
        }
    }

    /// 1 if a score that is below `larger` others stays.
    private long stays(long score, long larger, long never) {
        return (((larger - keep) & -score) | (never - 1 - score)) >>> 63;
    }

    /// Of equal ones the first go, as everywhere.
    ///
    /// @param largest where the rows of those found so far are, by ascending score
    private void keepLargest(
            long[] scores, GroupTile tile, int first, int column, int bits, int[] largest, MaskBuilder mask) {
        long never = Scores.never(bits);
        int width = tile.width();
        int end = Math.min(tile.rows(), first + group);
        boolean isFree = end - first < group;
        int kept = 0;
        for (int row = first; row < end; row++) {
            long score = scores[row * width + column];
            if (score >= never || (isFree && score > 0)) {
                mask.keep(tile.positionOf(row, column));
            }
            if (score <= 0 || (kept == keep && score < scores[largest[0] * width + column])) {
                continue;
            }
            int place = 0;
            if (kept < keep) {
                place = kept++;
                for (; place > 0 && score < scores[largest[place - 1] * width + column]; place--) {
                    largest[place] = largest[place - 1];
                }
            } else {
                for (; place + 1 < keep && score >= scores[largest[place + 1] * width + column]; place++) {
                    largest[place] = largest[place + 1];
                }
            }
            largest[place] = row;
        }
        for (int i = 0; i < kept; i++) {
            mask.keep(tile.positionOf(largest[i], column));
        }
    }

    @Override
    public Violations violations(Mask nonZeros) {
        return grid.elementCount() == 0
                ? Violations.NONE
                : CrowdedGroups.in(nonZeros, grid, keep, group, Long.MAX_VALUE);
    }

    /// The same mask: groups are not stored as wholes.
    @Override
    public Mask cover(Mask nonZeros) {
        return nonZeros;
    }

    @Override
    public boolean fits(Shape shape) {
        return grid.elementCount() == shape.elementCount();
    }

    /// `2:4@64x32x9`.
    @Override
    public String toString() {
        return keep + ":" + group + "@" + grid;
    }

    private record NoUnits() implements Scores {
        @Override
        public int bits() {
            return 63;
        }

        @Override
        public long count() {
            return 0;
        }

        @Override
        public void read(long from, int count, long[] out) {}
    }
}
