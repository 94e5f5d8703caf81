package dev.espalier.run.stats;

import java.util.Arrays;

/// A confidence interval.
public record Interval(double low, double high) {
    /// The smallest interval that contains both.
    public Interval hull(Interval other) {
        return new Interval(Math.min(low, other.low), Math.max(high, other.high));
    }

    /// The interval of the values times a factor.
    public Interval times(double factor) {
        return factor < 0 ? new Interval(high * factor, low * factor) : new Interval(low * factor, high * factor);
    }

    /// The central part of values: their quantiles (1 - level) / 2 and (1 + level) / 2.
    static Interval central(double[] values, double level) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Interval(quantile(sorted, (1 - level) / 2), quantile(sorted, (1 + level) / 2));
    }

    /// A quantile by linear interpolation between order statistics (Hyndman and Fan, 1996, type 7, as NumPy and R have
    /// it by default).
    ///
    /// @param sorted ascending, not empty
    /// @param share from 0 to 1
    public static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
