package dev.espalier.pruning;

import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Shape;

/// Matrices that a tool has put beside or below each other in a larger one, as ONNX Runtime's fused Attention has the
/// weights of queries, keys and values.
final class JoinedMatrices {
    /// A part may begin anywhere. With so many zeros and values it has as many forms as there are numbers of that
    /// many bits, at least, and is not found by accident.
    private static final int FEWEST = 40;

    private JoinedMatrices() {}

    /// Whether some rows, or some columns, of a matrix are those of another, element for element.
    static boolean have(Mask whole, Mask part) {
        Shape large = whole.shape();
        Shape small = part.shape();
        if (large.rank() != 2 || small.rank() != 2 || Math.min(part.keptCount(), part.zeroCount()) < FEWEST) {
            return false;
        }
        if (large.dim(0) == small.dim(0)) {
            for (long column = 0; column + small.dim(1) <= large.dim(1); column++) {
                if (isAt(whole, part, column)) {
                    return true;
                }
            }
        }
        if (large.dim(1) == small.dim(1)) {
            for (long row = 0; row + small.dim(0) <= large.dim(0); row++) {
                if (isAt(whole, part, row * large.dim(1))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isAt(Mask whole, Mask part, long first) {
        long rows = part.shape().dim(0);
        long columns = part.shape().dim(1);
        long stride = whole.shape().dim(1);
        for (long row = 0; row < rows; row++) {
            for (long column = 0; column < columns; column++) {
                if (whole.isKept(first + row * stride + column) != part.isKept(row * columns + column)) {
                    return false;
                }
            }
        }
        return true;
    }
}
