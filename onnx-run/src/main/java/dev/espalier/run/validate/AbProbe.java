package dev.espalier.run.validate;

import dev.espalier.run.stats.SampleSize;
import dev.espalier.run.stats.SequentialTest;
import java.util.Arrays;
import java.util.Locale;

/// What a test in production would need, or would have found: an A/B test shows each user one of the two models.
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
        Metric metric = evaluation.task().metric();
        if (metric != Metric.ACCURACY) {
            return new Result(
                    Answer.NOT_ASKED, "a test in production needs a yes or no for each sample", 0, false, 0, 1);
        }
        double original = evaluation.metric(0);
        double pruned = evaluation.metric(1);
        long needed = SampleSize.ofShares(original, pruned);
        String plan = needed == 0
                ? "there is no difference to find"
                : String.format(
                        Locale.ROOT,
                        "a test needs %,d samples for each model to find this difference (80 %% power, 5 %%)",
                        needed);
        return isSplit
                ? simulate(evaluation, needed, plan, maxDrop, seed)
                : new Result(Answer.NOT_ASKED, plan, needed, false, 0, 1);
    }

    /// Shows each sample to one of the models, by a hash of its number, and looks at the groups again and again.
    private static Result simulate(Evaluation evaluation, long needed, String plan, double maxDrop, long seed) {
        int n = evaluation.size();
        SequentialTest test = new SequentialTest(Math.pow(Math.max(maxDrop, 0.1) / 100, 2));
        int[] shown = new int[2];
        double[] right = new double[2];
        for (int i = 0; i < n; i++) {
            int group = (int) (mix(seed + GOLDEN * (evaluation.sample(i) + 1)) & 1);
            shown[group]++;
            right[group] += evaluation.scores(group).columns()[0][i];
            boolean isLook = (long) (i + 1) * LOOKS / n > (long) i * LOOKS / n;
            if (isLook && look(test, shown, right) < SIGNIFICANCE) {
                boolean isWorse = right[1] / shown[1] < right[0] / shown[0];
                String found = String.format(
                        "; here it would have ended after %d and %d with the %s better",
                        shown[0], shown[1], isWorse ? "original" : "pruned model");
                return new Result(
                        isWorse ? Answer.FAIL : Answer.PASS,
                        plan + found,
                        needed,
                        true,
                        Math.min(shown[0], shown[1]),
                        look(test, shown, right));
            }
        }
        String none = String.format("; here it would have found no difference in %d and %d", shown[0], shown[1]);
        return new Result(
                Answer.CANNOT_TELL,
                plan + none,
                needed,
                true,
                Arrays.stream(shown).min().orElse(0),
                look(test, shown, right));
    }

    private static double look(SequentialTest test, int[] shown, double[] right) {
        int n = Math.min(shown[0], shown[1]);
        if (n == 0) {
            return 1;
        }
        double a = right[0] / shown[0];
        double b = right[1] / shown[1];
        return test.look(n, a - b, (a * (1 - a) + b * (1 - b)) / 2);
    }

    /// Stafford's variant 13 of the finalizer of MurmurHash3, as in SplitMix64 (Steele, Lea, Flood, 2014).
    private static long mix(long key) {
        long x = key;
        x = (x ^ (x >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return x ^ (x >>> 31);
    }
}
