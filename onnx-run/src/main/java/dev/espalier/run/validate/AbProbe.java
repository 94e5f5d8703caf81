package dev.espalier.run.validate;

import dev.espalier.run.stats.SampleSize;
import dev.espalier.run.stats.SequentialTest;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/// What a test in production would need, or would have found: an A/B test shows each user one of the two models, and
/// compares the mean of what it finds out of each: a yes or no, or an error.
public final class AbProbe {
    private static final int LOOKS = 20;
    private static final double SIGNIFICANCE = 0.05;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private AbProbe() {}

    /// What it found.
    ///
    /// @param perGroup samples in each group for the measured difference, at 80 % power; 0 if there is none to find
    /// @param isSplit whether a test was simulated
    /// @param usedPerGroup samples in each group when the simulated test ended
    /// @param pValue of the simulated test when it ended
    public record Result(Answer answer, String reason, long perGroup, boolean isSplit, int usedPerGroup, double pValue)
            implements ProbeResult {
        @Override
        public String probe() {
            return "a/b";
        }
    }

    /// Plans a test, and simulates one on the samples if asked to.
    ///
    /// @param isSplit whether to simulate
    /// @param maxDrop the drop that matters, in points
    public static Result of(Evaluation evaluation, boolean isSplit, double maxDrop, long seed) {
        Metric metric = evaluation.judge();
        if (metric.column().isEmpty() || metric == Metric.COSINE) {
            return new Result(
                    Answer.NOT_ASKED,
                    "a test in production needs a yes or no, or an error, of each sample",
                    0,
                    false,
                    0,
                    1);
        }
        Group original = Group.of(evaluation.column(0));
        Group pruned = Group.of(evaluation.column(1));
        long needed = metric.isBinary()
                ? SampleSize.ofShares(original.mean(), pruned.mean())
                : SampleSize.ofMeans(original.mean() - pruned.mean(), (original.variance() + pruned.variance()) / 2);
        String plan = needed == 0
                ? "there is no difference to find"
                : String.format(
                        Locale.ROOT,
                        "a test needs %,d samples for each model to find this difference (80 %% power, 5 %%)",
                        needed);
        if (!isSplit) {
            return new Result(Answer.NOT_ASKED, plan, needed, false, 0, 1);
        }
        double matters = Math.max(maxDrop, 0.1) / 100 * (metric.isBinary() ? 1 : original.mean());
        return simulate(evaluation, needed, plan, new SequentialTest(matters * matters), seed);
    }

    /// Shows each sample to one of the models, by a hash of its number, and looks at the groups again and again. The
    /// samples come in a random order: users do not come sorted.
    private static Result simulate(Evaluation evaluation, long needed, String plan, SequentialTest test, long seed) {
        Group[] groups = {new Group(), new Group()};
        int[] order = shuffled(evaluation.size(), seed);
        double pValue = 1;
        for (int i = 0; i < order.length; i++) {
            int shown = (int) (mix(seed + GOLDEN * (evaluation.sample(order[i]) + 1)) & 1);
            groups[shown].add(evaluation.column(shown)[order[i]]);
            boolean isLook = (long) (i + 1) * LOOKS / order.length > (long) i * LOOKS / order.length;
            pValue = isLook ? look(test, groups) : pValue;
            if (pValue < SIGNIFICANCE) {
                boolean isLess = groups[1].mean() < groups[0].mean();
                boolean isWorse = evaluation.judge().isBinary() == isLess;
                String found = String.format(
                        "; here it would have ended after %d and %d with the %s better",
                        groups[0].n, groups[1].n, isWorse ? "original" : "pruned model");
                return new Result(
                        isWorse ? Answer.FAIL : Answer.PASS, plan + found, needed, true, fewer(groups), pValue);
            }
        }
        String none = String.format("; here it would have found no difference in %d and %d", groups[0].n, groups[1].n);
        return new Result(Answer.CANNOT_TELL, plan + none, needed, true, fewer(groups), pValue);
    }

    private static int[] shuffled(int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static int fewer(Group[] groups) {
        return Math.min(groups[0].n, groups[1].n);
    }

    private static double look(SequentialTest test, Group[] groups) {
        int n = fewer(groups);
        return n == 0
                ? 1
                : test.look(n, groups[0].mean() - groups[1].mean(), (groups[0].variance() + groups[1].variance()) / 2);
    }

    /// Those who were shown one of the models.
    private static final class Group {
        private int n;
        private double sum;
        private double squares;

        static Group of(double[] values) {
            Group group = new Group();
            Arrays.stream(values).forEach(group::add);
            return group;
        }

        void add(double value) {
            n++;
            sum += value;
            squares += value * value;
        }

        double mean() {
            return sum / n;
        }

        double variance() {
            return Math.max(0, squares / n - mean() * mean());
        }
    }

    /// Stafford's variant 13 of the finalizer of MurmurHash3, as in SplitMix64 (Steele, Lea, Flood, 2014).
    private static long mix(long key) {
        long x = key;
        x = (x ^ (x >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return x ^ (x >>> 31);
    }
}
