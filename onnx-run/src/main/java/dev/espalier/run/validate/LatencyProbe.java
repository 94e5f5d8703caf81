package dev.espalier.run.validate;

import dev.espalier.pruning.Progress;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.OrtModel;
import dev.espalier.run.latency.Speedup;
import dev.espalier.run.latency.Times;
import dev.espalier.run.latency.Turns;
import dev.espalier.run.stats.Bootstrap;
import dev.espalier.run.stats.Interval;
import dev.espalier.sparse.DenseTensor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// How fast the pruned model is on this machine. Both models, and the original a second time, take turns in a random
/// order, so that whatever else the machine does strikes all alike; the original against itself says what is noise.
public final class LatencyProbe {
    private LatencyProbe() {}

    /// What is measured, and how.
    ///
    /// @param minSpeedup how many times as fast the pruned model must be; 1 for not slower
    /// @param threads that work on one run
    /// @param batch rows of one run
    /// @param seconds how long to measure
    public record Settings(double minSpeedup, int threads, int batch, double seconds) {}

    /// What it found.
    ///
    /// @param speedup original's time over the pruned model's: the median over the rounds
    /// @param interval of the speed-up, at 95 %
    /// @param noise interval of the original's speed-up over itself
    public record Result(
            Answer answer,
            String reason,
            Times original,
            Times pruned,
            double speedup,
            Interval interval,
            Interval noise,
            Settings settings,
            int batch,
            int rounds)
            implements ProbeResult {
        @Override
        public String probe() {
            return "latency";
        }
    }

    /// Measures.
    ///
    /// @param models the original, the pruned model, the original again
    /// @param inputs of one run
    /// @param batch how many rows they have, which the model may have fixed
    /// @param stop asked after each round whether to end early
    static Result of(
            List<OrtModel> models,
            Map<String, DenseTensor> inputs,
            int batch,
            Settings settings,
            Bootstrap bootstrap,
            Progress progress,
            BooleanSupplier stop)
            throws ModelRunException {
        Turns turns = Turns.take(
                models.stream()
                        .map(model -> (Turns.Runner) runs -> model.time(inputs, runs))
                        .toList(),
                settings.seconds(),
                bootstrap.seed(),
                progress,
                stop);
        Speedup speedup = Speedup.of(turns, 0, 1, 2, bootstrap);
        double bound = settings.minSpeedup() * (1 - speedup.floor());
        Answer answer = turns.rounds() < Turns.FEWEST_ROUNDS
                ? Answer.CANNOT_TELL
                : Answer.within(-speedup.interval().high(), -speedup.interval().low(), -bound);
        String reason = String.format(
                Locale.ROOT,
                "%.3f times as fast (95 %%: %.3f to %.3f), wanted is %s; the original against itself differs by %.1f %%",
                speedup.median(),
                speedup.interval().low(),
                speedup.interval().high(),
                Double.toString(settings.minSpeedup()).replaceFirst("\\.0$", ""),
                100 * speedup.floor());
        return new Result(
                answer,
                reason,
                turns.times(0),
                turns.times(1),
                speedup.median(),
                speedup.interval(),
                speedup.noise(),
                settings,
                batch,
                turns.rounds());
    }
}
