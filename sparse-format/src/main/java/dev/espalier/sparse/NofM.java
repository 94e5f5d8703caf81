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
        Mask mask = Mask.none(shape);
        int width = (int) Math.min(grid.columns(), Math.max(1, BLOCK / group));
        long[] scores = new long[group * width];
        long[] row = new long[width];
        for (long o = 0; o < grid.outer(); o++) {
            for (long r = 0; r < grid.rows(); r += group) {
                int rows = (int) Math.min(group, grid.rows() - r);
                for (long c = 0; c < grid.columns(); c += width) {
                    int columns = (int) Math.min(width, grid.columns() - c);
                    long at = (o * grid.rows() + r) * grid.columns() + c;
                    read(elements, at, rows, columns, scores, row);
                    for (int j = 0; j < columns; j++) {
                        keepLargest(scores, j, rows, columns, elements.bits(), at, mask);
                    }
                }
            }
        }
        return mask;
    }

    private void read(Scores elements, long at, int rows, int columns, long[] scores, long[] row) {
        if (columns == grid.columns()) {
            elements.read(at, rows * columns, scores);
            return;
        }
        for (int i = 0; i < rows; i++) {
            elements.read(at + i * grid.columns(), columns, row);
            System.arraycopy(row, 0, scores, i * columns, columns);
        }
    }

    /// Of equal ones the first go, as everywhere.
    private void keepLargest(long[] scores, int column, int rows, int columns, int bits, long at, Mask mask) {
        long never = Scores.never(bits);
        int most = rows < group ? rows : keep;
        for (int kept = 0; kept < rows; kept++) {
            int best = 0;
            for (int i = 1; i < rows; i++) {
                best = scores[i * columns + column] >= scores[best * columns + column] ? i : best;
            }
            long score = scores[best * columns + column];
            if (score <= 0 || (kept >= most && score < never)) {
                return;
            }
            scores[best * columns + column] = -1;
            mask.keep(at + best * grid.columns() + column);
        }
    }

    @Override
    public Violations violations(Mask nonZeros) {
        long count = 0;
        long first = -1;
        if (grid.elementCount() == 0) {
            return Violations.NONE;
        }
        for (long o = 0; o < grid.outer(); o++) {
            for (long r = 0; r + group <= grid.rows(); r += group) {
                for (long c = 0; c < grid.columns(); c++) {
                    long at = (o * grid.rows() + r) * grid.columns() + c;
                    if (nonZeros.keptCount(at, group, grid.columns()) > keep) {
                        first = count++ == 0 ? at : first;
                    }
                }
            }
        }
        return new Violations(count, first);
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
