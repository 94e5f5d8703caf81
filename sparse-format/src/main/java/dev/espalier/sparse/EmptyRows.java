package dev.espalier.sparse;

import java.util.BitSet;

/// Rows of a grid without an element that is not zero, in any of its matrices.
public final class EmptyRows {
    private EmptyRows() {}

    /// Which rows are empty.
    ///
    /// @throws IllegalArgumentException if the grid has other elements than the mask
    public static BitSet of(Mask nonZeros, Grid grid) {
        if (grid.elementCount() != nonZeros.shape().elementCount()) {
            throw new IllegalArgumentException("a grid of " + grid + " for a mask of " + nonZeros.shape());
        }
        BitSet empty = new BitSet();
        empty.set(0, Math.toIntExact(grid.rows()));
        long next = nonZeros.nextKept(0);
        while (next >= 0 && !empty.isEmpty()) {
            long row = next / grid.columns();
            empty.clear((int) (row % grid.rows()));
            next = nonZeros.nextKept((row + 1) * grid.columns());
        }
        return empty;
    }
}
