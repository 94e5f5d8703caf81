package dev.espalier.pruning.schedule;

import dev.espalier.pruning.Sparsity;
import java.math.BigDecimal;
import java.math.RoundingMode;

/// What every target keeps to.
final class Bounds {
    /// Targets that are computed have so many decimals: more than any number of weights can tell apart, and few enough
    /// that 0.4392 is not 0.43919999999999998 because of binary fractions.
    private static final int DECIMALS = 12;

    /// Nobody reads a longer table, and every update costs a pass over the weights.
    static final long MOST_UPDATES = 100_000;

    /// Far above any training, and far below where sums of steps overflow.
    private static final long MOST_STEPS = 1_000_000_000_000L;

    private Bounds() {}

    /// @throws IllegalArgumentException if there is no such step
    static BigDecimal step(BigDecimal step) {
        if (step.signum() < 0) {
            throw new IllegalArgumentException("steps are counted from 0: there is no step " + step.toPlainString());
        }
        if (step.compareTo(BigDecimal.valueOf(MOST_STEPS)) > 0) {
            throw new IllegalArgumentException("a schedule has at most " + MOST_STEPS + " steps");
        }
        return step;
    }

    /// @throws IllegalArgumentException if it is no number of steps
    static long frequency(long steps) {
        if (steps < 1 || steps > MOST_STEPS) {
            throw new IllegalArgumentException("the frequency is a number of steps, 1 or more, not " + steps);
        }
        return steps;
    }

    /// @throws IllegalArgumentException if nothing would be left
    static Sparsity below1(Sparsity target) {
        if (target.share().compareTo(BigDecimal.ONE) >= 0) {
            throw new IllegalArgumentException("a schedule stays below 100 %: nothing would be left of the weights");
        }
        return target;
    }

    static void requireFewUpdates(long steps, long frequency) {
        if (steps / frequency > MOST_UPDATES) {
            throw new IllegalArgumentException("%d steps with an update every %d are more than %d updates: take a "
                            .formatted(steps, frequency, MOST_UPDATES)
                    + "frequency of " + (steps / MOST_UPDATES + 1) + " or more");
        }
    }

    /// A computed share, rounded, and kept from leaving its range by a rounding error.
    static Sparsity round(BigDecimal share, Sparsity lowest, Sparsity highest) {
        BigDecimal rounded = share.setScale(DECIMALS, RoundingMode.HALF_EVEN).stripTrailingZeros();
        return new Sparsity(rounded.max(lowest.share()).min(highest.share()));
    }
}
