package dev.espalier.sparse;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.LongStream;

/// How the zeros of a tensor follow an N:M pattern: its groups are `group` elements, each `columns` after the one
/// before.
///
/// @param codes what is known of the sets of places
/// @param groups how many there are
/// @param columns the elements that come after an axis
record GroupFit(GroupCodes codes, long groups, long columns) {
    /// Of a tensor of a few elements all forms take about the same.
    private static final int SLACK = 64;

    /// The one that takes the fewest bytes; none if no group has a zero too few.
    static Optional<GroupFit> of(Mask nonZeros, ElementType type) {
        Shape shape = nonZeros.shape();
        long kept = nonZeros.keptCount();
        // What the encodings take that need no pattern: others are not worth a look.
        long limit =
                Math.min(Math.ceilDiv(shape.elementCount(), 8L) + type.byteCount(kept), kept + type.byteCount(kept));
        return LongStream.range(0, shape.rank())
                .boxed()
                .flatMap(axis -> along(nonZeros, axis.intValue(), type, limit).stream())
                .min(Comparator.comparingLong(fit -> fit.encodedSize(type)));
    }

    private static Optional<GroupFit> along(Mask nonZeros, int axis, ElementType type, long limit) {
        Shape shape = nonZeros.shape();
        Grid grid = Grid.along(shape, axis);
        long kept = nonZeros.keptCount();
        return GroupCodes.ALL.stream()
                .filter(codes -> shape.dim(axis) % codes.group() == 0 && shape.elementCount() > 0)
                .map(codes -> new GroupFit(codes, shape.elementCount() / codes.group(), grid.columns()))
                .filter(fit -> fit.groups * fit.codes.keep() >= kept)
                .filter(fit -> fit.encodedSize(type) <= limit + fit.codes.tableBytes() + SLACK)
                .sorted(Comparator.comparingLong(fit -> fit.encodedSize(type)))
                .filter(fit -> fit.holds(nonZeros, grid))
                .findFirst();
    }

    private boolean holds(Mask nonZeros, Grid grid) {
        return CrowdedGroups.in(nonZeros, grid, codes.keep(), codes.group(), 1).count() == 0;
    }

    /// Whose groups follow each other along the rows, in the order of the tensor.
    Grid grid() {
        return new Grid(1, groups / columns * codes.group(), columns);
    }

    long codeBytes() {
        return Math.ceilDiv(groups, (long) codes.perByte());
    }

    /// Whether groups of the last byte stand for nothing.
    boolean isTrimmed() {
        return groups % codes.perByte() != 0;
    }

    /// With the table, which is not framing.
    long encodedSize(ElementType type) {
        return codeBytes() + type.byteCount(groups * codes.keep() + 1) + codes.tableBytes();
    }
}
