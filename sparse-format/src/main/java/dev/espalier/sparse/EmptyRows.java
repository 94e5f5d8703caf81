package dev.espalier.sparse;

/// Rows of a grid without an element that is not zero, in any of its matrices.
public final class EmptyRows {
    private EmptyRows() {}

    /// How many rows are empty.
    ///
    /// @throws IllegalArgumentException if the grid has other elements than the mask
    public static long count(Mask nonZeros, Grid grid) {
        if (grid.elementCount() != nonZeros.shape().elementCount()) {
            throw new IllegalArgumentException("a grid of " + grid + " for a mask of " + nonZeros.shape());
        }
        MaskBuilder filled = new MaskBuilder(Shape.of(grid.rows()));
        long empty = grid.rows();
        long next = nonZeros.nextKept(0);
        while (next >= 0 && empty > 0) {
            long row = next / grid.columns();
            if (!filled.isKept(row % grid.rows())) {
                filled.keep(row % grid.rows());
                empty--;
            }
            next = nonZeros.nextKept((row + 1) * grid.columns());
        }
        return empty;
    }
}
