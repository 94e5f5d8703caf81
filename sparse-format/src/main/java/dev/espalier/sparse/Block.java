package dev.espalier.sparse;

/// The matrices of a grid are cut into blocks of `height` x `width`, those at the lower and right edges smaller, which
/// stay or become zero as wholes.
///
/// @param height rows of a block, as the matrix is stored
/// @param width columns of a block
/// @param pooling what a block is judged by
/// @param grid the matrices
public record Block(int height, int width, Pooling pooling, Grid grid) implements SparsityPattern, Wholes.Division {
    public Block {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("a block of " + height + "x" + width);
        }
    }

    /// Number of blocks.
    @Override
    public long unitCount() {
        return grid.outer() * down() * across();
    }

    private long down() {
        return Math.ceilDiv(grid.rows(), (long) height);
    }

    private long across() {
        return Math.ceilDiv(grid.columns(), (long) width);
    }

    @Override
    public long sizeOf(long block) {
        long rows = Math.min(height, grid.rows() - block / across() % down() * height);
        long columns = Math.min(width, grid.columns() - block % across() * width);
        return rows * columns;
    }

    @Override
    public long firstOf(long block) {
        long row = block / across() / down() * grid.rows() + block / across() % down() * height;
        return row * grid.columns() + block % across() * width;
    }

    @Override
    public void read(long from, int count, long[] out) {
        int i = 0;
        while (i < count) {
            long row = (from + i) / grid.columns();
            long column = (from + i) % grid.columns();
            int end = (int) Math.min(count, i + grid.columns() - column);
            long block = blockAt(row, column);
            int left = width - (int) (column % width);
            for (; i < end; i++) {
                out[i] = block;
                if (--left == 0) {
                    block++;
                    left = width;
                }
            }
        }
    }

    @Override
    public long unitOf(long element) {
        return blockAt(element / grid.columns(), element % grid.columns());
    }

    /// @param row counted through all matrices
    private long blockAt(long row, long column) {
        long outer = row / grid.rows();
        return (outer * down() + row % grid.rows() / height) * across() + column / width;
    }

    @Override
    public Scores units(Scores elements) {
        return Wholes.pool(this, pooling, elements);
    }

    @Override
    public Mask select(Shape shape, Scores elements, Scores units, Cut cut) {
        return Wholes.select(this, shape, elements, units, cut);
    }

    /// Blocks with zeros and other elements.
    @Override
    public Violations violations(Mask nonZeros) {
        return Wholes.violations(this, nonZeros);
    }

    @Override
    public Mask cover(Mask nonZeros) {
        return Wholes.cover(this, nonZeros);
    }

    @Override
    public boolean fits(Shape shape) {
        return grid.elementCount() == shape.elementCount();
    }

    /// `block:4x1@1x64x288`.
    @Override
    public String toString() {
        return "block:" + height + "x" + width + "@" + grid;
    }
}
