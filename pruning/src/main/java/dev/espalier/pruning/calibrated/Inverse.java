package dev.espalier.pruning.calibrated;

/// The inverse of a symmetric positive definite matrix in single precision, nearly all of it by products of halves:
/// with `A = [P Q; Q' R]`, `T = P⁻¹ Q` and the Schur complement `S = R - Q' T`, it is
/// `[P⁻¹ + T S⁻¹ T', -T S⁻¹; -S⁻¹ T', S⁻¹]`.
final class Inverse {
    private static final int SMALL = 64;

    private final Products products;

    private Inverse(Products products) {
        this.products = products;
    }

    /// @param a n x n
    /// @throws NotPositiveDefiniteException if it is not positive definite, as far as single precision can tell
    static float[] of(float[] a, int n, Products products) {
        return new Inverse(products).of(a, n);
    }

    private float[] of(float[] a, int n) {
        if (n <= SMALL) {
            return small(a, n);
        }
        int n1 = n / 2;
        int n2 = n - n1;
        float[] p = of(block(a, n, 0, 0, n1, n1), n1);
        float[] q = block(a, n, 0, n1, n1, n2);
        float[] t = products.multiply(p, q, n1, n1, n2);
        float[] s = block(a, n, n1, n1, n2, n2);
        subtract(s, products.multiplyTransposed(q, t, n2, n1, n2));
        float[] r = of(s, n2);
        float[] ts = products.multiply(t, r, n1, n2, n2);
        float[] tst = products.multiply(ts, transposed(t, n1, n2), n1, n2, n1);
        float[] result = new float[n * n];
        for (int i = 0; i < n1; i++) {
            for (int j = 0; j < n1; j++) {
                result[i * n + j] = p[i * n1 + j] + tst[i * n1 + j];
            }
            for (int j = 0; j < n2; j++) {
                result[i * n + n1 + j] = -ts[i * n2 + j];
                result[(n1 + j) * n + i] = -ts[i * n2 + j];
            }
        }
        for (int i = 0; i < n2; i++) {
            System.arraycopy(r, i * n2, result, (n1 + i) * n + n1, n2);
        }
        return result;
    }

    private static float[] block(float[] a, int n, int row, int column, int rows, int columns) {
        float[] block = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(a, (row + i) * n + column, block, i * columns, columns);
        }
        return block;
    }

    private static float[] transposed(float[] a, int rows, int columns) {
        float[] result = new float[a.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[j * rows + i] = a[i * columns + j];
            }
        }
        return result;
    }

    private static void subtract(float[] a, float[] b) {
        for (int i = 0; i < a.length; i++) {
            a[i] -= b[i];
        }
    }

    /// Gauss-Jordan in double precision, whose pivots are those of Cholesky's decomposition squared.
    private static float[] small(float[] a, int n) {
        double[] work = new double[n * n];
        for (int i = 0; i < work.length; i++) {
            work[i] = a[i];
        }
        for (int k = 0; k < n; k++) {
            double pivot = work[k * n + k];
            if (!(pivot > 0)) {
                throw new NotPositiveDefiniteException();
            }
            work[k * n + k] = 1;
            for (int j = 0; j < n; j++) {
                work[k * n + j] /= pivot;
            }
            for (int i = 0; i < n; i++) {
                double factor = work[i * n + k];
                if (i == k || factor == 0) {
                    continue;
                }
                work[i * n + k] = 0;
                for (int j = 0; j < n; j++) {
                    work[i * n + j] -= factor * work[k * n + j];
                }
            }
        }
        float[] result = new float[work.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) work[i];
        }
        return result;
    }
}
