package dev.espalier.run.stats;

import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// The bootstrap: how a figure varies over samples that might have been drawn instead (Efron and Tibshirani, An
/// Introduction to the Bootstrap, 1993, chapter 13, percentile intervals). For a difference between two models the
/// figure
/// takes both on the same drawn samples, which makes it paired.
///
/// @param replicates how often samples are drawn
/// @param seed each replicate has a generator of its own, so that the result is the same for any number of threads
public record Bootstrap(int replicates, long seed) {
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    /// An interval for a figure of n samples.
    ///
    /// @param figure of samples by their numbers; some come several times, some never
    /// @param level of confidence, 0.95 for instance
    public Interval interval(int n, ToDoubleFunction<int[]> figure, double level) {
        double[] values = IntStream.range(0, replicates)
                .parallel()
                .mapToDouble(replicate -> figure.applyAsDouble(draw(n, replicate)))
                .filter(value -> !Double.isNaN(value))
                .toArray();
        return values.length == 0
                ? new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY)
                : Interval.central(values, level);
    }

    private int[] draw(int n, int replicate) {
        SplittableRandom random = new SplittableRandom(seed + GOLDEN * (replicate + 1));
        int[] drawn = new int[n];
        for (int i = 0; i < n; i++) {
            drawn[i] = random.nextInt(n);
        }
        return drawn;
    }
}
