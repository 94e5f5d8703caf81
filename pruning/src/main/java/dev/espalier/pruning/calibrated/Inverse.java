package dev.espalier.pruning.calibrated;

/// The inverse of a symmetric positive definite matrix, nearly all of it by products of halves. With `A = [P Q; Q' R]`
/// and Cholesky's `A = L L'`, the inverse of L is `M = [M1 0; -M2 B' M1, M2]`, where M1 is that of P, `B = M1 Q`, and
/// M2
/// that of `R - B' B`; and `A⁻¹ = M' M`. In double precision: some activations of text models are hundreds of times the
/// others, and of second moments seven digits leave nothing. By Cholesky, because inverses of halves multiplied with
/// `Q`
/// on both sides lose as many digits again with every halving.
final class Inverse {
    private static final int SMALL = 64;
    /// Where a product with what is known to be zero takes no longer than parting it.
    private static final int MEDIUM = 256;

    private final Products products;

    private Inverse(Products products) {
        this.products = products;
    }

    /// @param a n x n
    /// @throws NotPositiveDefiniteException if it is not positive definite, as far as double precision can tell
    static double[] of(double[] a, int n, Products products) {
        Inverse inverse = new Inverse(products);
        return inverse.square(inverse.ofFactor(a, n), n);
    }

    /// The inverse of Cholesky's lower factor.
    private double[] ofFactor(double[] a, int n) {
        if (n <= SMALL) {
            return small(a, n);
        }
        int n1 = n / 2;
        int n2 = n - n1;
        double[] m1 = ofFactor(block(a, n, 0, 0, n1, n1), n1);
        double[] right = products.multiply(m1, block(a, n, 0, n1, n1, n2), n1, n1, n2);
        double[] rest = block(a, n, n1, n1, n2, n2);
        add(products.multiplyTransposed(right, right, n2, n1, n2), -1, rest);
        double[] m2 = ofFactor(rest, n2);
        double[] corner = products.multiply(m2, products.multiplyTransposed(right, m1, n2, n1, n1), n2, n2, n1);
        double[] m = new double[n * n];
        put(m1, n1, n1, 1, m, n, 0, 0);
        put(corner, n2, n1, -1, m, n, n1, 0);
        put(m2, n2, n2, 1, m, n, n1, n1);
        return m;
    }

    /// M' M of a lower M.
    private double[] square(double[] m, int n) {
        if (n <= MEDIUM) {
            return products.multiplyTransposed(m, m, n, n, n);
        }
        int n1 = n / 2;
        int n2 = n - n1;
        double[] corner = block(m, n, n1, 0, n2, n1);
        double[] m2 = block(m, n, n1, n1, n2, n2);
        double[] first = square(block(m, n, 0, 0, n1, n1), n1);
        add(products.multiplyTransposed(corner, corner, n1, n2, n1), 1, first);
        double[] below = products.multiplyTransposed(m2, corner, n2, n2, n1);
        double[] square = new double[n * n];
        put(first, n1, n1, 1, square, n, 0, 0);
        put(below, n2, n1, 1, square, n, n1, 0);
        for (int i = 0; i < n2; i++) {
            for (int j = 0; j < n1; j++) {
                square[j * n + n1 + i] = below[i * n1 + j];
            }
        }
        put(square(m2, n2), n2, n2, 1, square, n, n1, n1);
        return square;
    }

    private static double[] block(double[] a, int n, int row, int column, int rows, int columns) {
        double[] block = new double[rows * columns];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(a, (row + i) * n + column, block, i * columns, columns);
        }
        return block;
    }

    /// A block, times a sign, at a place of an n x n matrix.
    private static void put(double[] block, int rows, int columns, int sign, double[] to, int n, int row, int column) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                to[(row + i) * n + column + j] = sign * block[i * columns + j];
            }
        }
    }

    private static void add(double[] some, int sign, double[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += sign * some[i];
        }
    }

    private static double[] small(double[] a, int n) {
        double[] l = new double[n * n];
        double[] m = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = a[i * n + j];
                for (int k = 0; k < j; k++) {
                    sum -= l[i * n + k] * l[j * n + k];
                }
                if (i == j && !(sum > 0)) {
                    throw new NotPositiveDefiniteException();
                }
                l[i * n + j] = i == j ? Math.sqrt(sum) : sum / l[j * n + j];
            }
            for (int j = 0; j <= i; j++) {
                double sum = i == j ? 1 : 0;
                for (int k = j; k < i; k++) {
                    sum -= l[i * n + k] * m[k * n + j];
                }
                m[i * n + j] = sum / l[i * n + i];
            }
        }
        return m;
    }
}
