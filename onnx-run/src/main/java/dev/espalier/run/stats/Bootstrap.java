package dev.espalier.run.stats;

import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/// The bootstrap: how a figure varies over samples that might have been drawn instead (Efron and Tibshirani, An
/// Introduction to the Bootstrap, 1993, chapter 13, percentile intervals). For a difference between two models the
/// figure takes both on the same drawn samples, which makes it paired.
///
/// @param replicates how often samples are drawn
/// @param seed each replicate has a generator of its own, so that the result is the same for any number of threads
public record Bootstrap(int replicates, long seed) {
    /// An interval for a figure of n samples.
    ///
    /// @param figure of samples by their numbers; some come several times, some never. It may change the array,
    ///     whose memory is used again
    /// @param level of confidence, 0.95 for instance
    public Interval interval(int n, ToDoubleFunction<int[]> figure, double level) {
        // Seeds of their own: generators whose seeds are a multiple of the generator's step apart give the same
        // numbers.
        ThreadLocal<int[]> drawn = ThreadLocal.withInitial(() -> new int[n]);
        double[] values = new SplittableRandom(seed)
                .longs(replicates).boxed().toList().parallelStream()
                        .mapToDouble(own -> figure.applyAsDouble(draw(drawn.get(), new SplittableRandom(own))))
                        .filter(value -> !Double.isNaN(value))
                        .toArray();
        return values.length == 0
                ? new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY)
                : Interval.central(values, level);
    }

    private static int[] draw(int[] drawn, SplittableRandom random) {
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = random.nextInt(drawn.length);
        }
        return drawn;
    }
}
