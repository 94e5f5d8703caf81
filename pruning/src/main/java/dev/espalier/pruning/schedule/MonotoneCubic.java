package dev.espalier.pruning.schedule;

import java.util.List;

/// The piecewise cubic through milestones that has a continuous slope and rises wherever they do: Fritsch and Butland,
/// "A method for constructing local monotone piecewise cubic interpolants", SIAM J. Sci. Stat. Comput. 5 (1984), with
/// the
/// one-sided three-point slopes at the ends that keep it monotone; PCHIP in MATLAB and SciPy.
final class MonotoneCubic {
    private final double[] steps;
    private final double[] shares;
    private final double[] slopes;

    private MonotoneCubic(double[] steps, double[] shares) {
        this.steps = steps;
        this.shares = shares;
        this.slopes = new double[steps.length];
        int last = steps.length - 1;
        for (int i = 1; i < last; i++) {
            slopes[i] = inner(i);
        }
        slopes[0] = last == 1 ? secant(0) : outer(width(0), width(1), secant(0), secant(1));
        slopes[last] =
                last == 1 ? secant(0) : outer(width(last - 1), width(last - 2), secant(last - 1), secant(last - 2));
    }

    /// @param milestones two or more
    static MonotoneCubic through(List<Milestone> milestones) {
        return new MonotoneCubic(
                milestones.stream().mapToDouble(Milestone::step).toArray(),
                milestones.stream()
                        .mapToDouble(m -> m.target().share().doubleValue())
                        .toArray());
    }

    /// The share at a step in the interval that begins with this milestone.
    double at(int interval, long step) {
        double width = width(interval);
        double x = (step - steps[interval]) / width;
        double rest = 1 - x;
        return shares[interval] * (1 + 2 * x) * rest * rest
                + slopes[interval] * width * x * rest * rest
                + shares[interval + 1] * x * x * (3 - 2 * x)
                - slopes[interval + 1] * width * x * x * rest;
    }

    private double width(int interval) {
        return steps[interval + 1] - steps[interval];
    }

    private double secant(int interval) {
        return (shares[interval + 1] - shares[interval]) / width(interval);
    }

    /// The weighted harmonic mean of the secants on both sides; 0 beside a flat piece.
    private double inner(int i) {
        double before = secant(i - 1);
        double after = secant(i);
        if (before <= 0 || after <= 0) {
            return 0;
        }
        double weightBefore = 2 * width(i) + width(i - 1);
        double weightAfter = width(i) + 2 * width(i - 1);
        return (weightBefore + weightAfter) / (weightBefore / before + weightAfter / after);
    }

    /// The slope at an end from the two nearest secants, not below 0 and at most three times the nearest.
    private static double outer(double width, double nextWidth, double secant, double nextSecant) {
        double slope = ((2 * width + nextWidth) * secant - width * nextSecant) / (width + nextWidth);
        return Math.clamp(slope, 0, 3 * secant);
    }
}
