package dev.espalier.pruning.calibrated;

/// Products of matrices in single precision, row-major: nearly all the time of a calibrated method goes here, so that
/// it
/// is given from outside, by whatever uses the processor best. The same matrices have to give the same bits.
public interface Products {
    /// `a b`.
    ///
    /// @param a m x k
    /// @param b k x n
    /// @return m x n
    float[] multiply(float[] a, float[] b, int m, int k, int n);

    /// `a' b`.
    ///
    /// @param a k x m
    /// @param b k x n
    /// @return m x n
    float[] multiplyTransposed(float[] a, float[] b, int m, int k, int n);
}
