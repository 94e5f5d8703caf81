package dev.espalier.run.validate;

import dev.espalier.run.stats.Bootstrap;
import dev.espalier.run.stats.Interval;
import dev.espalier.run.stats.PairedBinary;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// How much worse the pruned model is on the data.
public final class AccuracyProbe {
    /// Confidence of the interval.
    public static final double LEVEL = 0.95;

    private AccuracyProbe() {}

    /// What it found. A point is a hundredth of the metric, or of an error one percent of the original's.
    ///
    /// @param original the original's metric
    /// @param pruned the pruned model's metric
    /// @param drop original less pruned, in points
    /// @param interval of the drop, in points
    /// @param paired on which samples the two differ; only if the metric is a yes or no for each sample
    /// @param mcNemar p-value of McNemar's exact test, likewise
    /// @param maxDrop the bound, in points
    /// @param confusions of the classes that the pruned model decides worst
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
            List<Confusion> confusions,
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
        double drop = evaluation.judge().drop(original, pruned);
        ModelScores before = evaluation.scores(0);
        ModelScores after = evaluation.scores(1);
        boolean hasNaN = after.withNaN() > 0;
        Answer answer = hasNaN ? Answer.FAIL : Answer.within(interval.low(), interval.high(), maxDrop);
        String reason = hasNaN
                ? "the pruned model's output is NaN for " + after.withNaN() + " samples, the original's for "
                        + before.withNaN()
                : reason(answer, drop, interval, maxDrop);
        return new Result(
                Double.isNaN(drop) && !hasNaN ? Answer.CANNOT_TELL : answer,
                Double.isNaN(drop) && !hasNaN ? "the metric is not defined on these samples" : reason,
                evaluation.judge(),
                evaluation.size(),
                original,
                pruned,
                drop,
                interval,
                Optional.ofNullable(paired),
                Optional.ofNullable(paired).map(PairedBinary::mcNemar),
                maxDrop,
                evaluation.figures(0),
                evaluation.figures(1),
                Confusion.worst(evaluation),
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
        if (!evaluation.judge().isBinary()) {
            return null;
        }
        double[] before = evaluation.column(0);
        double[] after = evaluation.column(1);
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
                rows.length, evaluation.judge().isMean() ? meanDrop(evaluation, rows) : drop(evaluation, rows), level);
        return paired == null ? drawn : drawn.hull(paired.interval(level).times(100));
    }

    private static ToDoubleFunction<int[]> drop(Evaluation evaluation, int[] rows) {
        return drawn -> {
            Arrays.setAll(drawn, i -> rows[drawn[i]]);
            return evaluation.judge().drop(evaluation.metric(0, drawn), evaluation.metric(1, drawn));
        };
    }

    /// The same for a mean: the mean of what each sample loses.
    private static ToDoubleFunction<int[]> meanDrop(Evaluation evaluation, int[] rows) {
        double[] lost = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            lost[i] = 100 * (evaluation.column(0)[rows[i]] - evaluation.column(1)[rows[i]]);
        }
        return drawn -> {
            double sum = 0;
            for (int row : drawn) {
                sum += lost[row];
            }
            return sum / drawn.length;
        };
    }
}
