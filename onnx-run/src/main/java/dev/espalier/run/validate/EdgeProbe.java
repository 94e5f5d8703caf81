package dev.espalier.run.validate;

import dev.espalier.run.stats.Interval;
import dev.espalier.run.stats.Proportion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Where decisions change: samples that the original was sure of should not flip.
public final class EdgeProbe {
    private static final int DECILES = 10;

    private EdgeProbe() {}

    /// A tenth of the samples, by the original's margin.
    ///
    /// @param lowest smallest margin in it
    /// @param highest largest margin in it
    /// @param flips samples that the two models decide differently
    /// @param original share of samples that the original decides right; null if there are no labels
    /// @param pruned the same of the pruned model
    public record Decile(
            double lowest,
            double highest,
            int samples,
            int flips,
            @Nullable Double original,
            @Nullable Double pruned) {}

    /// What a model computed for a class.
    public record ClassOutput(int number, double value) {}

    /// A sample that the two models decide differently.
    ///
    /// @param sample its number in the data
    /// @param label its class; -1 if that is not known
    /// @param originalMargin how sure the original is of its decision
    /// @param original its largest outputs, the decision first
    /// @param prunedMargin how sure the pruned model is of its own
    /// @param pruned its largest outputs, the decision first
    public record Flip(
            int sample,
            int label,
            double originalMargin,
            List<ClassOutput> original,
            double prunedMargin,
            List<ClassOutput> pruned) {}

    /// The metric when noise is added to the inputs.
    ///
    /// @param noise standard deviation, in the unit of the preprocessed input
    /// @param drop in points
    /// @param interval of the drop, in points
    /// @param answer whether the drop is within that of the accuracy probe
    public record Robust(double noise, double original, double pruned, double drop, Interval interval, Answer answer) {
        static Robust of(double noise, AccuracyProbe.Result found) {
            return new Robust(noise, found.original(), found.pruned(), found.drop(), found.interval(), found.answer());
        }

        private String words() {
            return String.format(
                    Locale.ROOT,
                    "under noise it falls by %.2f points (%.2f to %.2f)",
                    drop,
                    interval.low(),
                    interval.high());
        }
    }

    /// What it found.
    ///
    /// @param deciles the least sure samples first
    /// @param flips samples that the two models decide differently
    /// @param worst flips that the original was surest of
    /// @param maxFlips the bound: the share of the surer half of the samples that may flip
    /// @param robust under noise; empty if that was not asked for
    public record Result(
            Answer answer,
            String reason,
            List<Decile> deciles,
            int flips,
            List<Flip> worst,
            double maxFlips,
            Optional<Robust> robust)
            implements ProbeResult {
        @Override
        public String probe() {
            return "edge";
        }

        private Result withRobust() {
            if (robust.isEmpty()) {
                return this;
            }
            Answer both = Answer.all(List.of(answer, robust.get().answer()));
            String words = reason + "; " + robust.get().words();
            return new Result(both, words, deciles, flips, worst, maxFlips, robust);
        }
    }

    /// Compares decisions.
    ///
    /// @param maxFlips share of the surer half of the samples that may flip
    /// @param robust under noise; empty if that was not asked for
    public static Result of(Evaluation evaluation, double maxFlips, Optional<Robust> robust) {
        List<Integer> order = IntStream.range(0, evaluation.size())
                .filter(i -> !Double.isNaN(evaluation.scores(0).margin(i)))
                .boxed()
                .sorted(Comparator.comparingDouble(i -> evaluation.scores(0).margin(i)))
                .toList();
        if (order.size() < DECILES) {
            String reason = order.isEmpty()
                    ? "this task has no decisions that could flip"
                    : "too few samples for deciles: " + order.size();
            return new Result(Answer.NOT_ASKED, reason, List.of(), 0, List.of(), maxFlips, robust).withRobust();
        }
        List<Decile> deciles = new ArrayList<>();
        for (int d = 0; d < DECILES; d++) {
            int from = (int) ((long) order.size() * d / DECILES);
            int to = (int) ((long) order.size() * (d + 1) / DECILES);
            deciles.add(decile(evaluation, order.subList(from, to)));
        }
        return result(deciles, evaluation.worstFlips(), maxFlips, robust);
    }

    private static boolean isFlip(Evaluation evaluation, int i) {
        return evaluation.scores(0).decision(i) != evaluation.scores(1).decision(i);
    }

    private static Decile decile(Evaluation evaluation, List<Integer> rows) {
        int[] samples = rows.stream().mapToInt(Integer::intValue).toArray();
        int flips = (int) rows.stream().filter(i -> isFlip(evaluation, i)).count();
        boolean hasLabels = evaluation.label(samples[0]) >= 0;
        return new Decile(
                evaluation.scores(0).margin(samples[0]),
                evaluation.scores(0).margin(samples[samples.length - 1]),
                samples.length,
                flips,
                hasLabels ? evaluation.metric(0, samples) : null,
                hasLabels ? evaluation.metric(1, samples) : null);
    }

    private static Result result(List<Decile> deciles, List<Flip> worst, double maxFlips, Optional<Robust> robust) {
        List<Decile> sure = deciles.subList(DECILES / 2, DECILES);
        int samples = sure.stream().mapToInt(Decile::samples).sum();
        int sureFlips = sure.stream().mapToInt(Decile::flips).sum();
        Interval interval = new Proportion(samples, sureFlips).interval(AccuracyProbe.LEVEL);
        Answer answer = Answer.within(interval.low(), interval.high(), maxFlips);
        String reason = String.format(
                Locale.ROOT,
                "%d of the %d samples that the original is surest of flip, %.2f %% (95 %%: %.2f to %.2f), allowed are %s %%",
                sureFlips,
                samples,
                100.0 * sureFlips / samples,
                100 * interval.low(),
                100 * interval.high(),
                Double.toString(100 * maxFlips).replaceFirst("\\.0$", ""));
        int flips = deciles.stream().mapToInt(Decile::flips).sum();
        return new Result(answer, reason, deciles, flips, worst, maxFlips, robust).withRobust();
    }
}
