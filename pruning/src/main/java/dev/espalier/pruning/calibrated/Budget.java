package dev.espalier.pruning.calibrated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Divides zeros among layers so that the sum of what each does to the output is least: one Lagrange multiplier over
/// all curves (Shoham and Gersho 1988). Between levels, logarithms are interpolated; a curve never falls.
public final class Budget {
    private static final int STEPS = 1000;
    private static final int HALVINGS = 200;
    /// A share that no layer goes beyond unless all have to.
    private static final double MOST = 0.98;

    private final List<SensitivityCurves.Curve> layers;
    private final List<double[]> costs;

    private Budget(SensitivityCurves curves) {
        this.layers = curves.layers();
        this.costs = layers.stream().map(layer -> costs(curves.levels(), layer)).toList();
    }

    /// How many units of each layer are to be zero.
    ///
    /// @param zeros in all layers of the curves together
    /// @return one for each layer, which sum up to that
    /// @throws IllegalArgumentException if there are not so many units
    public static long[] divide(SensitivityCurves curves, long zeros) {
        return new Budget(curves).divide(zeros);
    }

    /// At every step from 0 to 1.
    private static double[] costs(List<Double> levels, SensitivityCurves.Curve layer) {
        double[] logs = new double[levels.size()];
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < logs.length; i++) {
            highest = Math.max(
                    highest, Math.log(Math.max(1e-12, layer.divergences().get(i))));
            logs[i] = highest;
        }
        double[] costs = new double[STEPS + 1];
        for (int step = 1; step <= STEPS; step++) {
            costs[step] = Math.exp(at(levels, logs, (double) step / STEPS));
        }
        return costs;
    }

    private static double at(List<Double> levels, double[] logs, double share) {
        if (share <= levels.getFirst()) {
            // From nothing at all, as the square of the share.
            return logs[0] + 2 * Math.log(share / levels.getFirst());
        }
        int i = 1;
        while (i < logs.length - 1 && levels.get(i) < share) {
            i++;
        }
        double part = (share - levels.get(i - 1)) / (levels.get(i) - levels.get(i - 1));
        return logs[i - 1] + part * (logs[i] - logs[i - 1]);
    }

    private long[] divide(long zeros) {
        long units = layers.stream().mapToLong(SensitivityCurves.Curve::units).sum();
        if (zeros > units) {
            throw new IllegalArgumentException(zeros + " zeros among " + units + " units");
        }
        int most = zeros > MOST * units ? STEPS : (int) (MOST * STEPS);
        double low = 0;
        double high = 1;
        while (sum(at(high, most)) < zeros && high < 1e300) {
            high *= 10;
        }
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (sum(at(middle, most)) <= zeros) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return filled(at(low, most), at(high, most), zeros);
    }

    /// What is least for each layer if a zero is worth so much.
    private long[] at(double price, int most) {
        long[] zeros = new long[layers.size()];
        for (int layer = 0; layer < zeros.length; layer++) {
            double[] cost = costs.get(layer);
            long units = layers.get(layer).units();
            int best = 0;
            for (int step = 1; step <= most; step++) {
                double gain = price * units / STEPS;
                if (cost[step] - gain * step < cost[best] - gain * best) {
                    best = step;
                }
            }
            zeros[layer] = best == STEPS ? units : units * best / STEPS;
        }
        return zeros;
    }

    private static long sum(long[] values) {
        return Arrays.stream(values).sum();
    }

    /// Between two solutions, one with too few and one with too many.
    private long[] filled(long[] few, long[] many, long zeros) {
        long[] filled = few.clone();
        long left = zeros - sum(few);
        for (long[] upTo : new ArrayList<>(List.of(many, all()))) {
            for (int i = 0; i < filled.length && left > 0; i++) {
                long more = Math.clamp(upTo[i] - filled[i], 0, left);
                filled[i] += more;
                left -= more;
            }
        }
        return filled;
    }

    private long[] all() {
        return layers.stream().mapToLong(SensitivityCurves.Curve::units).toArray();
    }
}
