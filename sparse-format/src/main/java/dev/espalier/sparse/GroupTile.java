package dev.espalier.sparse;

import java.util.function.Consumer;

/// A part of a matrix that is small enough to look at at once and cuts no group apart: groups are so many elements that
/// follow each other in one column.
///
/// @param at its first element, counted row-major through the grid
/// @param rows a multiple of the group's size, but for the last of a matrix
/// @param width how many columns of the matrix it has: all, or else its rows are those of one group
/// @param columns of the matrix
record GroupTile(long at, int rows, int width, long columns) {
    private static final int ELEMENTS = 4096;

    /// Reads elements, as [Scores#read] and [DenseTensor#readBits] do.
    interface Source {
        void read(long from, int count, long[] out);
    }

    /// Writes elements, as [DenseTensor#writeBits] does.
    interface Target {
        void write(long from, int count, long[] elements);
    }

    /// Visits the tiles of a grid, in the order of their groups.
    ///
    /// @param group at most 4096
    static void forEach(Grid grid, int group, Consumer<GroupTile> visitor) {
        if (grid.elementCount() == 0) {
            return;
        }
        int width = (int) Math.min(grid.columns(), ELEMENTS / group);
        int height = width == grid.columns() ? ELEMENTS / group / width * group : group;
        for (long outer = 0; outer < grid.outer(); outer++) {
            for (long row = 0; row < grid.rows(); row += height) {
                int rows = (int) Math.min(height, grid.rows() - row);
                for (long column = 0; column < grid.columns(); column += width) {
                    visitor.accept(new GroupTile(
                            (outer * grid.rows() + row) * grid.columns() + column,
                            rows,
                            (int) Math.min(width, grid.columns() - column),
                            grid.columns()));
                }
            }
        }
    }

    /// Room for the elements of any tile.
    static long[] block() {
        return new long[ELEMENTS];
    }

    /// Reads it row by row.
    ///
    /// @param out a [#block]
    void read(Source source, long[] out) {
        if (width == columns) {
            source.read(at, rows * width, out);
            return;
        }
        long[] row = new long[width];
        for (int i = 0; i < rows; i++) {
            source.read(at + i * columns, width, row);
            System.arraycopy(row, 0, out, i * width, width);
        }
    }

    /// Writes it row by row.
    void write(Target target, long[] elements) {
        if (width == columns) {
            target.write(at, rows * width, elements);
            return;
        }
        long[] row = new long[width];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(elements, i * width, row, 0, width);
            target.write(at + i * columns, width, row);
        }
    }

    /// Where an element lies in the tensor.
    long positionOf(int row, int column) {
        return at + row * columns + column;
    }
}
