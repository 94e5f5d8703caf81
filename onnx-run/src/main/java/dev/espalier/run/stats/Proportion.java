package dev.espalier.run.stats;

import org.hipparchus.stat.interval.BinomialProportion;

/// A share of samples.
public record Proportion(int n, int count) {
    /// The share itself.
    public double share() {
        return n == 0 ? 0 : (double) count / n;
    }

    /// Wilson's score interval (Journal of the American Statistical Association 22, 1927).
    ///
    /// @param level of confidence, 0.95 for instance
    public Interval interval(double level) {
        if (n == 0) {
            return new Interval(0, 1);
        }
        var wilson = BinomialProportion.getWilsonScoreInterval(n, share(), level);
        return new Interval(Math.clamp(wilson.getLowerBound(), 0, 1), Math.clamp(wilson.getUpperBound(), 0, 1));
    }
}
