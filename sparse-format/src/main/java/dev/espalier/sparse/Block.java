package dev.espalier.sparse;

import java.util.Arrays;

/// The matrices of a grid are cut into blocks of `height` x `width`, those at the lower and right edges smaller,
/// which stay or become zero as wholes.
///
/// @param height rows of a block, as the matrix is stored
/// @param width columns of a block
/// @param pooling what a block is judged by
/// @param grid the matrices
public record Block(int height, int width, Pooling pooling, Grid grid) implements SparsityPattern {
    private static final int BLOCK = 4096;

    /// What the scores of a block's elements give together (TensorFlow Model Optimization's `block_pooling_type`).
    public enum Pooling {
        /// Their mean, over the elements that there are.
        AVERAGE,
        /// The largest.
        MAXIMUM
    }

    public Block {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("a block of " + height + "x" + width);
        }
    }

    @Override
    public long unitCount(Shape shape) {
        return blockCount();
    }

    @Override
    public long unitSize() {
        return (long) height * width;
    }

    /// Number of blocks.
    public long blockCount() {
        return grid.outer() * down() * across();
    }

    private long down() {
        return Math.ceilDiv(grid.rows(), (long) height);
    }

    private long across() {
        return Math.ceilDiv(grid.columns(), (long) width);
    }

    @Override
    public Scores units(Scores elements) {
        double[] pooled = new double[Math.toIntExact(blockCount())];
        long[] scores = new long[BLOCK];
        forEachStretch((from, count, blocks) -> {
            elements.read(from, count, scores);
            for (int i = 0; i < count; i++) {
                int block = blocks[i];
                double value = real(scores[i], elements.bits());
                pooled[block] = pooling == Pooling.AVERAGE ? pooled[block] + value : Math.max(pooled[block], value);
            }
        });
        if (pooling == Pooling.AVERAGE) {
            for (int i = 0; i < pooled.length; i++) {
                pooled[i] /= sizeOf(i);
            }
        }
        return new BlockScores(pooled);
    }

    /// Infinite where the element must never go, so that its block is too.
    private static double real(long score, int bits) {
        return score >= Scores.never(bits) ? Double.POSITIVE_INFINITY : Scores.real(score, bits);
    }

    private long sizeOf(long block) {
        return rowsOf(block) * columnsOf(block);
    }

    private long rowsOf(long block) {
        return Math.min(height, grid.rows() - block / across() % down() * height);
    }

    private long columnsOf(long block) {
        return Math.min(width, grid.columns() - block % across() * width);
    }

    /// @param row counted through all matrices
    private long blockAt(long row, long column) {
        long outer = row / grid.rows();
        return (outer * down() + row % grid.rows() / height) * across() + column / width;
    }

    @Override
    public Mask select(Shape shape, Scores elements, Scores units, Cut cut) {
        Mask kept = Mask.ofKept(Shape.of(units.count()), units, cut.withAllZeros());
        Mask mask = Mask.none(shape);
        long[] scores = new long[BLOCK];
        forEachStretch((from, count, blocks) -> {
            elements.read(from, count, scores);
            for (int i = 0; i < count; i++) {
                if (scores[i] != 0 && kept.isKept(blocks[i])) {
                    mask.keep(from + i);
                }
            }
        });
        return mask;
    }

    /// Blocks with zeros and other elements. Counts some neighbouring blocks at a time.
    @Override
    public Violations violations(Mask nonZeros) {
        long[] kept = new long[(int) Math.min(BLOCK, across())];
        long count = 0;
        long first = -1;
        for (long line = 0; line * across() < blockCount(); line++) {
            for (long left = 0; left < across(); left += kept.length) {
                long block = line * across() + left;
                int length = (int) Math.min(kept.length, across() - left);
                countKept(nonZeros, block, length, kept);
                for (int j = 0; j < length; j++) {
                    if (kept[j] != 0 && kept[j] != sizeOf(block + j)) {
                        first = count++ == 0 ? firstElementOf(block + j) : first;
                    }
                }
            }
        }
        return new Violations(count, first);
    }

    /// How many ones each block has of `length` that lie beside each other.
    private void countKept(Mask nonZeros, long block, int length, long[] kept) {
        Arrays.fill(kept, 0);
        long rows = rowsOf(block);
        long columns = Math.min((long) length * width, grid.columns() - block % across() * width);
        for (long row = 0; row < rows; row++) {
            long from = firstElementOf(block) + row * grid.columns();
            for (long at = 0; at < columns; at += Long.SIZE) {
                long word = nonZeros.word(from + at, (int) Math.min(Long.SIZE, columns - at));
                for (; word != 0; word &= word - 1) {
                    kept[(int) ((at + Long.numberOfTrailingZeros(word)) / width)]++;
                }
            }
        }
    }

    private long firstElementOf(long block) {
        long row = block / across() / down() * grid.rows() + block / across() % down() * height;
        return row * grid.columns() + block % across() * width;
    }

    @Override
    public Mask cover(Mask nonZeros) {
        Mask kept = Mask.none(Shape.of(blockCount()));
        for (long i = nonZeros.nextKept(0); i >= 0; i = nonZeros.nextKept(i + 1)) {
            kept.keep(blockAt(i / grid.columns(), i % grid.columns()));
        }
        Mask mask = Mask.none(nonZeros.shape());
        for (long block = kept.nextKept(0); block >= 0; block = kept.nextKept(block + 1)) {
            long columns = columnsOf(block);
            for (long row = 0; row < rowsOf(block); row++) {
                long from = firstElementOf(block) + row * grid.columns();
                for (long at = from; at < from + columns; at++) {
                    mask.keep(at);
                }
            }
        }
        return mask;
    }

    /// A piece of a row, with the block that each of its elements is in.
    private interface Stretch {
        void visit(long from, int count, int[] blocks);
    }

    private void forEachStretch(Stretch stretch) {
        int[] blocks = new int[BLOCK];
        for (long row = 0; row * grid.columns() < grid.elementCount(); row++) {
            for (long column = 0; column < grid.columns(); column += BLOCK) {
                int count = (int) Math.min(BLOCK, grid.columns() - column);
                int block = (int) blockAt(row, column);
                int left = width - (int) (column % width);
                for (int i = 0; i < count; i++) {
                    blocks[i] = block;
                    if (--left == 0) {
                        block++;
                        left = width;
                    }
                }
                stretch.visit(row * grid.columns() + column, count, blocks);
            }
        }
    }

    /// `block:4x1@1x64x288`.
    @Override
    public String toString() {
        return "block:" + height + "x" + width + "@" + grid;
    }

    private static final class BlockScores implements Scores {
        private final double[] pooled;

        BlockScores(double[] pooled) {
            this.pooled = pooled;
        }

        @Override
        public int bits() {
            return 63;
        }

        @Override
        public long count() {
            return pooled.length;
        }

        @Override
        public void read(long from, int count, long[] out) {
            for (int i = 0; i < count; i++) {
                out[i] = Double.doubleToRawLongBits(pooled[(int) from + i]);
            }
        }
    }
}
