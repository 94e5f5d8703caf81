package dev.espalier.pruning.calibrated;

/// Products of matrices, row-major, in single precision where that will do: nearly all the time of a calibrated method
/// goes here, so that
/// it is given from outside, by whatever uses the processor best. The same matrices have to give the same bits.
public interface Products {
    /// A matrix that many others are multiplied by.
    interface Right extends AutoCloseable {
        /// `a b`.
        ///
        /// @param a m x k, the first elements of the array
        /// @param c where m x n elements are written to, which may be `a`
        void times(float[] a, int m, float[] c);

        @Override
        void close();
    }

    /// `a b`.
    ///
    /// @param a m x k
    /// @param b k x n
    /// @return m x n
    float[] multiply(float[] a, float[] b, int m, int k, int n);

    /// The same in double precision.
    double[] multiply(double[] a, double[] b, int m, int k, int n);

    /// `a' b`.
    ///
    /// @param a k x m
    /// @param b k x n
    /// @return m x n
    float[] multiplyTransposed(float[] a, float[] b, int m, int k, int n);

    /// The same in double precision.
    double[] multiplyTransposed(double[] a, double[] b, int m, int k, int n);

    /// Keeps a matrix ready; it is copied.
    ///
    /// @param b k x n
    default Right right(float[] b, int k, int n) {
        float[] own = b.clone();
        return new Right() {
            @Override
            public void times(float[] a, int m, float[] c) {
                System.arraycopy(multiply(a, own, m, k, n), 0, c, 0, m * n);
            }

            @Override
            public void close() {}
        };
    }
}
