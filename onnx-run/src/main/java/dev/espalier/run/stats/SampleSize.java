package dev.espalier.run.stats;

import org.hipparchus.distribution.continuous.NormalDistribution;

/// How many samples a comparison of two groups needs to see a difference.
public final class SampleSize {
    private static final double POWER = 0.8;
    private static final double SIGNIFICANCE = 0.05;

    private SampleSize() {}

    /// Samples in each of two groups, so that a difference of two shares is found with a probability of 80 % by a
    /// two-sided test at 5 % (Fleiss, Levin, Paik, Statistical Methods for Rates and Proportions, 3rd ed., 4.14).
    ///
    /// @return 0 if there is no difference to find
    public static long ofShares(double first, double second) {
        double difference = Math.abs(first - second);
        if (difference == 0) {
            return 0;
        }
        double mean = (first + second) / 2;
        double root = quantile(1 - SIGNIFICANCE / 2) * Math.sqrt(2 * mean * (1 - mean))
                + quantile(POWER) * Math.sqrt(first * (1 - first) + second * (1 - second));
        return (long) Math.ceil(Math.pow(root / difference, 2));
    }

    /// Samples in each of two groups for a difference of two means, both of this variance: 2 v (z + z')^2 / d^2
    /// (ibid.).
    ///
    /// @return 0 if there is no difference to find
    public static long ofMeans(double difference, double variance) {
        if (difference == 0) {
            return 0;
        }
        double z = quantile(1 - SIGNIFICANCE / 2) + quantile(POWER);
        return (long) Math.ceil(2 * variance * z * z / (difference * difference));
    }

    private static double quantile(double share) {
        return new NormalDistribution().inverseCumulativeProbability(share);
    }
}
