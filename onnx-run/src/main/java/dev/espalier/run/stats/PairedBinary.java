package dev.espalier.run.stats;

import org.hipparchus.distribution.continuous.NormalDistribution;
import org.hipparchus.stat.inference.AlternativeHypothesis;
import org.hipparchus.stat.inference.BinomialTest;

/// Two yes-or-no answers for each of n samples, compared where they differ.
///
/// @param n samples
/// @param lost samples with the first right and the second wrong
/// @param gained samples with the first wrong and the second right
public record PairedBinary(int n, int lost, int gained) {
    private static final int STEPS = 100;

    /// The share that was lost, less the share that was gained.
    public double drop() {
        return n == 0 ? 0 : (double) (lost - gained) / n;
    }

    /// The p-value of McNemar's exact test: if the two were equally good, each sample on which they differ would be as
    /// likely lost as gained, and `lost` would follow the binomial distribution of `lost + gained` trials at 1/2
    /// (McNemar, Psychometrika 12, 1947; the exact form as in Fleiss, Levin, Paik, Statistical Methods for
    /// Rates and Proportions, 3rd ed., 13.1). Two-sided.
    public double mcNemar() {
        int differing = lost + gained;
        return differing == 0
                ? 1
                : Math.min(1, new BinomialTest().binomialTest(differing, lost, 0.5, AlternativeHypothesis.TWO_SIDED));
    }

    /// Tango's score interval for the drop (Statistics in Medicine 17, 1998, 891-908). It keeps its level where few or
    /// no samples differ, where a bootstrap knows only what it has seen.
    ///
    /// @param level of confidence, 0.95 for instance
    public Interval interval(double level) {
        double z = new NormalDistribution().inverseCumulativeProbability((1 + level) / 2);
        return new Interval(solve(-1, drop(), z), solve(drop(), 1, -z));
    }

    /// The difference at which the score is z, by halving: the score falls with the difference.
    private double solve(double from, double to, double z) {
        double low = from;
        double high = to;
        for (int i = 0; i < STEPS; i++) {
            double middle = (low + high) / 2;
            if (score(middle) > z) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /// How far the observed difference is from a supposed one, in standard errors under that.
    private double score(double difference) {
        double a = 2.0 * n;
        double b = -lost - gained + (2.0 * n - lost + gained) * difference;
        double c = -gained * difference * (1 - difference);
        double q = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
        double variance = n * (2 * q + difference * (1 - difference));
        double distance = lost - gained - n * difference;
        return variance <= 0 ? Math.signum(distance) * Double.MAX_VALUE : distance / Math.sqrt(variance);
    }
}
