package dev.espalier.sparse;

import java.util.Arrays;

/// A row-major tensor seen as `outer` matrices of `rows` x `columns`, which changes nothing but how positions are
/// counted: a Conv weight [64, 32, 3, 3] is a grid of 64x32x9 whose rows are its input channels, and one of 1x64x288
/// that is its matrix.
///
/// @param outer how many matrices
/// @param rows of each
/// @param columns of each
public record Grid(long outer, long rows, long columns) {
    public Grid {
        if (!Shape.isValid(outer, rows, columns)) {
            throw new IllegalArgumentException("not a grid: " + outer + "x" + rows + "x" + columns);
        }
    }

    /// The grid whose rows lie along `axis`: what is before that axis is outside, what comes after it are the columns.
    public static Grid along(Shape shape, int axis) {
        return along(shape, axis, axis + 1);
    }

    /// The grid whose rows are the axes from `from` up to `to`, without it.
    public static Grid along(Shape shape, int from, int to) {
        return new Grid(product(shape, 0, from), product(shape, from, to), product(shape, to, shape.rank()));
    }

    private static long product(Shape shape, int from, int to) {
        return Arrays.stream(shape.dims(), from, to).reduce(1, (a, b) -> a * b);
    }

    /// Reads what [#toString] writes.
    ///
    /// @throws IllegalArgumentException if it is something else
    static Grid parse(String text) {
        long[] dims =
                Arrays.stream(text.split("x", -1)).mapToLong(Long::parseLong).toArray();
        if (dims.length != 3) {
            throw new IllegalArgumentException("'" + text + "' is not a grid");
        }
        return new Grid(dims[0], dims[1], dims[2]);
    }

    /// Number of elements.
    public long elementCount() {
        return outer * rows * columns;
    }

    /// `64x32x9`.
    @Override
    public String toString() {
        return outer + "x" + rows + "x" + columns;
    }
}
