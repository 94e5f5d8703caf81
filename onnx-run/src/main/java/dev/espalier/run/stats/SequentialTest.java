package dev.espalier.run.stats;

/// A test of two groups that may be looked at as often as one likes: the mixture sequential probability ratio test for
/// the difference of two means, with a normal mixture over the difference (Johari, Koomen, Pekelis, Walsh, Always Valid
/// Inference, Operations Research 70, 2022, equation 11). Its p-value never rises, and under no difference it ever
/// falls
/// below p with a probability of p at most, approximately where the variance is estimated.
public final class SequentialTest {
    private final double mixture;
    private double pValue = 1;

    /// @param mixture variance of the normal mixture: the square of a difference that would matter
    public SequentialTest(double mixture) {
        this.mixture = mixture;
    }

    /// Takes another look.
    ///
    /// @param n samples in each group so far
    /// @param difference of the groups' means
    /// @param variance of one sample's value, the mean of both groups'
    /// @return the p-value so far
    public double look(int n, double difference, double variance) {
        if (n < 2 || variance <= 0) {
            return pValue;
        }
        double v = 2 * variance;
        double total = v + n * mixture;
        double logRatio =
                0.5 * Math.log(v / total) + (double) n * n * mixture * difference * difference / (2 * v * total);
        pValue = Math.min(pValue, Math.exp(-logRatio));
        return pValue;
    }
}
