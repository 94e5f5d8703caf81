package dev.espalier.run.latency;

import dev.espalier.run.stats.Bootstrap;
import dev.espalier.run.stats.Interval;

/// How many times as fast a model is as another.
///
/// @param median over the rounds
/// @param interval where it may be, at 95 %
/// @param noise the same for the other model against itself
public record Speedup(double median, Interval interval, Interval noise) {
    /// No machine times better than to a hundredth.
    private static final double BEST_FLOOR = 0.01;

    /// What a measurement can say.
    public enum Verdict {
        FASTER,
        SLOWER,
        NO_MEASURABLE_DIFFERENCE;

        @Override
        public String toString() {
            return switch (this) {
                case FASTER -> "faster";
                case SLOWER -> "slower";
                case NO_MEASURABLE_DIFFERENCE -> "no measurable difference";
            };
        }
    }

    /// @param first the model that the second is compared with
    /// @param again the first one's second reading
    public static Speedup of(Turns turns, int first, int second, int again, Bootstrap bootstrap) {
        return new Speedup(
                turns.speedup(first, second),
                turns.interval(first, second, bootstrap),
                turns.interval(first, again, bootstrap));
    }

    /// The share by which a model may differ from itself: less is not a difference.
    public double floor() {
        return Math.max(BEST_FLOOR, Math.max(Math.abs(noise.low() - 1), Math.abs(noise.high() - 1)));
    }

    /// Whether the whole interval is beyond the noise.
    public Verdict verdict() {
        if (interval.low() > 1 + floor()) {
            return Verdict.FASTER;
        }
        return interval.high() < 1 - floor() ? Verdict.SLOWER : Verdict.NO_MEASURABLE_DIFFERENCE;
    }
}
