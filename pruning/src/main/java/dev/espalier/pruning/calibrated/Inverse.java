package dev.espalier.pruning.calibrated;

/// The inverse of a symmetric positive definite matrix, nearly all of it by products of halves. With `A = [P Q; Q' R]`
/// and
/// Cholesky's `A = L L'`, the inverse of L is `M = [M1 0; -M2 B M1, M2]`, where M1 is that of P, `B = Q' M1'`, and M2
/// that of
/// `R - B B'`; and `A⁻¹ = M' M`. In double precision: some activations of text models are hundreds of times the others,
/// and of second moments seven digits leave nothing. By Cholesky, because inverses of halves multiplied with `Q` on
/// both sides lose as many digits again with every halving.
final class Inverse {
    private static final int SMALL = 64;

    private final Products products;

    private Inverse(Products products) {
        this.products = products;
    }

    /// @param a n x n
    /// @throws NotPositiveDefiniteException if it is not positive definite, as far as double precision can tell
    static double[] of(double[] a, int n, Products products) {
        double[] m = new Inverse(products).ofFactor(a, n);
        return products.multiply(transposed(m, n, n), m, n, n, n);
    }

    /// The inverse of Cholesky's lower factor.
    private double[] ofFactor(double[] a, int n) {
        if (n <= SMALL) {
            return small(a, n);
        }
        int n1 = n / 2;
        int n2 = n - n1;
        double[] m1 = ofFactor(block(a, n, 0, 0, n1, n1), n1);
        double[] below = products.multiply(block(a, n, n1, 0, n2, n1), transposed(m1, n1, n1), n2, n1, n1);
        double[] rest = block(a, n, n1, n1, n2, n2);
        subtract(rest, products.multiply(below, transposed(below, n2, n1), n2, n1, n2));
        double[] m2 = ofFactor(rest, n2);
        double[] corner = products.multiply(products.multiply(m2, below, n2, n2, n1), m1, n2, n1, n1);
        double[] m = new double[n * n];
        for (int i = 0; i < n1; i++) {
            System.arraycopy(m1, i * n1, m, i * n, n1);
        }
        for (int i = 0; i < n2; i++) {
            for (int j = 0; j < n1; j++) {
                m[(n1 + i) * n + j] = -corner[i * n1 + j];
            }
            System.arraycopy(m2, i * n2, m, (n1 + i) * n + n1, n2);
        }
        return m;
    }

    private static double[] block(double[] a, int n, int row, int column, int rows, int columns) {
        double[] block = new double[rows * columns];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(a, (row + i) * n + column, block, i * columns, columns);
        }
        return block;
    }

    private static double[] transposed(double[] a, int rows, int columns) {
        double[] result = new double[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[j * rows + i] = a[i * columns + j];
            }
        }
        return result;
    }

    private static void subtract(double[] a, double[] b) {
        for (int i = 0; i < a.length; i++) {
            a[i] -= b[i];
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
