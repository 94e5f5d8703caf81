package dev.espalier.sparse;

import java.util.Arrays;
import java.util.stream.Collectors;

/// The dimensions of a tensor, outermost first. A scalar has none.
public final class Shape {
    /// So many elements that their bits still count in a `long`.
    private static final long MAX_ELEMENTS = 1L << 55;

    private final long[] dims;
    private final long elementCount;

    private Shape(long[] dims) {
        this.dims = dims;
        long product = 1;
        for (long dim : dims) {
            product *= dim;
        }
        this.elementCount = product;
    }

    /// @throws IllegalArgumentException unless [#isValid(long...)]
    public static Shape of(long... dims) {
        if (!isValid(dims)) {
            throw new IllegalArgumentException("not a shape: " + Arrays.toString(dims));
        }
        return new Shape(dims.clone());
    }

    /// Whether no dimension is negative and the number of elements is below 2^55, so that sizes in bits cannot
    /// overflow.
    public static boolean isValid(long... dims) {
        long product = 1;
        for (long dim : dims) {
            if (dim < 0 || (dim > 0 && product > MAX_ELEMENTS / dim)) {
                return false;
            }
            product *= Math.max(dim, 1);
        }
        return true;
    }

    /// Number of dimensions.
    public int rank() {
        return dims.length;
    }

    /// Size along one axis, which may count from the end (-1 is the last).
    public long dim(int axis) {
        return dims[axis < 0 ? axis + dims.length : axis];
    }

    /// All dimensions, a copy.
    public long[] dims() {
        return dims.clone();
    }

    /// Product of the dimensions; 1 for a scalar.
    public long elementCount() {
        return elementCount;
    }

    /// The indices of an element that is counted row-major, `[3, 0, 1, 2]`.
    public String positionOf(long index) {
        long[] position = new long[dims.length];
        long left = index;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            position[axis] = left % dims[axis];
            left /= dims[axis];
        }
        return Arrays.toString(position);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /// `64x3x7x7`; `scalar` without dimensions.
    @Override
    public String toString() {
        return dims.length == 0
                ? "scalar"
                : Arrays.stream(dims).mapToObj(Long::toString).collect(Collectors.joining("x"));
    }
}
