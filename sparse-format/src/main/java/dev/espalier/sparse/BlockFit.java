package dev.espalier.sparse;

import java.util.Optional;
import java.util.stream.IntStream;

/// How the zeros of a tensor follow a block pattern: a matrix of `rows` x `columns` in blocks of `height` x `width`,
/// of which those at the lower and right edges may be smaller.
record BlockFit(long rows, long columns, long height, long width) {
    /// The rows of a block, as they lie in the tensor.
    interface Row {
        void visit(long row, long from, int count);
    }

    /// That of the widest matrix in which there are blocks; none if they would be single elements.
    static Optional<BlockFit> of(Mask nonZeros) {
        Shape shape = nonZeros.shape();
        if (shape.rank() < 2) {
            return Optional.of(along(nonZeros, shape.elementCount())).filter(BlockFit::hasBlocks);
        }
        return IntStream.range(0, shape.rank() - 1)
                .mapToLong(axis -> Grid.along(shape, axis).columns())
                .distinct()
                .mapToObj(columns -> along(nonZeros, columns))
                .filter(BlockFit::hasBlocks)
                .findFirst();
    }

    private boolean hasBlocks() {
        return height * width > 1;
    }

    /// Blocks begin where rows or columns differ from the ones before, so their sizes divide these positions.
    private static BlockFit along(Mask nonZeros, long columns) {
        long rows = nonZeros.shape().elementCount() / columns;
        long height = 0;
        long width = columns == 1 ? 1 : 0;
        for (long row = 0; row < rows && (height != 1 || width != 1); row++) {
            boolean isNew = false;
            for (long column = 0; column < columns; column += 64) {
                long at = row * columns + column;
                int count = (int) Math.min(64, columns - column);
                long word = nonZeros.word(at, count);
                isNew |= row > 0 && word != nonZeros.word(at - columns, count);
                long before = column == 0 ? word & 1 : nonZeros.isKept(at - 1) ? 1 : 0;
                long changes = (word ^ (word << 1 | before)) & (count == 64 ? -1L : (1L << count) - 1);
                for (; changes != 0 && width != 1; changes &= changes - 1) {
                    width = greatestDivisor(width, column + Long.numberOfTrailingZeros(changes));
                }
            }
            height = isNew ? greatestDivisor(height, row) : height;
        }
        return new BlockFit(rows, columns, height == 0 ? rows : height, width == 0 ? columns : width);
    }

    private static long greatestDivisor(long a, long b) {
        return b == 0 ? a : greatestDivisor(b, a % b);
    }

    long down() {
        return Math.ceilDiv(rows, height);
    }

    long across() {
        return Math.ceilDiv(columns, width);
    }

    long blockCount() {
        return down() * across();
    }

    boolean hasEdges() {
        return rows % height != 0 || columns % width != 0;
    }

    /// The blocks that have ones.
    Mask keptBlocks(Mask nonZeros) {
        MaskBuilder kept = new MaskBuilder(Shape.of(blockCount()));
        long block = 0;
        for (long top = 0; top < rows; top += height) {
            for (long left = 0; left < columns; left += width, block++) {
                // All elements of a block are alike.
                if (nonZeros.isKept(top * columns + left)) {
                    kept.keep(block);
                }
            }
        }
        return kept.build();
    }

    void forEachRow(long block, Row visitor) {
        long top = block / across() * height;
        long left = block % across() * width;
        int count = (int) Math.min(width, columns - left);
        for (long row = 0; row < Math.min(height, rows - top); row++) {
            visitor.visit(row, (top + row) * columns + left, count);
        }
    }
}
