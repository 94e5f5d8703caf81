package dev.espalier.run.validate;

import dev.espalier.run.stats.Bootstrap;
import dev.espalier.run.stats.Interval;
import dev.espalier.run.stats.PairedBinary;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How much worse the pruned model is on the data.
public final class AccuracyProbe {
    /// Confidence of the interval.
    public static final double LEVEL = 0.95;

    private AccuracyProbe() {}

    /// What it found. A point is a hundredth of the metric.
    ///
    /// @param original the original's metric
    /// @param pruned the pruned model's metric
    /// @param drop original less pruned, in points
    /// @param interval of the drop, in points
    /// @param paired on which samples the two differ; only if the metric is a yes or no for each sample
    /// @param mcNemar p-value of McNemar's exact test, likewise
    /// @param maxDrop the bound, in points
    public record Result(
            Answer answer,
            String reason,
            Metric metric,
            int samples,
            double original,
            double pruned,
            double drop,
            Interval interval,
            Optional<PairedBinary> paired,
            Optional<Double> mcNemar,
            double maxDrop,
            List<Figure> originalFigures,
            List<Figure> prunedFigures,
            int originalWithNaN,
            int prunedWithNaN)
            implements ProbeResult {
        @Override
        public String probe() {
            return "accuracy";
        }
    }

    /// Compares the two models of an evaluation.
    ///
    /// @param maxDrop how many points the metric may fall
    public static Result of(Evaluation evaluation, double maxDrop, Bootstrap bootstrap) {
        double original = evaluation.metric(0);
        double pruned = evaluation.metric(1);
        PairedBinary paired = paired(evaluation, evaluation.all());
        Interval interval = interval(evaluation, evaluation.all(), paired, bootstrap, LEVEL);
        double drop = 100 * (original - pruned);
        ModelScores before = evaluation.scores(0);
        ModelScores after = evaluation.scores(1);
        int newNaN = after.withNaN() - before.withNaN();
        Answer answer = newNaN > 0 ? Answer.FAIL : Answer.within(interval.low(), interval.high(), maxDrop);
        String reason = newNaN > 0
                ? "the pruned model's output is NaN for " + after.withNaN() + " samples, the original's for "
                        + before.withNaN()
                : reason(answer, drop, interval, maxDrop);
        return new Result(
                Double.isNaN(drop) && newNaN <= 0 ? Answer.CANNOT_TELL : answer,
                Double.isNaN(drop) && newNaN <= 0 ? "the metric is not defined on these samples" : reason,
                evaluation.task().metric(),
                evaluation.size(),
                original,
                pruned,
                drop,
                interval,
                Optional.ofNullable(paired),
                Optional.ofNullable(paired).map(PairedBinary::mcNemar),
                maxDrop,
                before.figures(),
                after.figures(),
                before.withNaN(),
                after.withNaN());
    }

    private static String reason(Answer answer, double drop, Interval interval, double maxDrop) {
        String found = String.format(
                Locale.ROOT,
                "it falls by %.2f points (95 %%: %.2f to %.2f), allowed are %s",
                drop,
                interval.low(),
                interval.high(),
                Double.toString(maxDrop).replaceFirst("\\.0$", ""));
        return answer == Answer.CANNOT_TELL ? found + ": more samples are needed to tell" : found;
    }

    /// Where the two differ; null if the metric is not a yes or no for each sample.
    static @Nullable PairedBinary paired(Evaluation evaluation, int[] rows) {
        if (!evaluation.task().metric().isBinary()) {
            return null;
        }
        double[] before = evaluation.scores(0).columns()[0];
        double[] after = evaluation.scores(1).columns()[0];
        int lost = 0;
        int gained = 0;
        for (int row : rows) {
            lost += before[row] > after[row] ? 1 : 0;
            gained += before[row] < after[row] ? 1 : 0;
        }
        return new PairedBinary(rows.length, lost, gained);
    }

    /// The interval of the drop over some samples, in points: the paired bootstrap's, and not narrower than Tango's
    /// where that is defined, because the bootstrap cannot see what none of the samples shows.
    static Interval interval(
            Evaluation evaluation, int[] rows, @Nullable PairedBinary paired, Bootstrap bootstrap, double level) {
        Interval drawn = bootstrap.interval(
                rows.length,
                drawnRows -> {
                    int[] picked = new int[drawnRows.length];
                    for (int i = 0; i < picked.length; i++) {
                        picked[i] = rows[drawnRows[i]];
                    }
                    return evaluation.metric(0, picked) - evaluation.metric(1, picked);
                },
                level);
        return (paired == null ? drawn : drawn.hull(paired.interval(level))).times(100);
    }
}
