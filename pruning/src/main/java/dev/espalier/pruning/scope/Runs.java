package dev.espalier.pruning.scope;

import dev.espalier.sparse.Scores;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Different scores in ascending order, and how often each occurs; and how many lie below all of these.
final class Runs {
    /// None.
    static final Runs NONE = new Runs(0, new long[0], new long[0]);

    private static final int BLOCK = 4096;

    private final long below;
    private final long[] scores;
    private final long[] counts;

    private Runs(long below, long[] scores, long[] counts) {
        this.below = below;
        this.scores = scores;
        this.counts = counts;
    }

    /// Those from `low` to `high`.
    static Runs between(Scores scores, long low, long high) {
        return IntStream.range(0, ScoreHistogram.chunks(scores))
                .parallel()
                .mapToObj(i -> ofChunk(scores, i, low, high))
                .reduce(NONE, Runs::merge);
    }

    private static Runs ofChunk(Scores scores, int number, long low, long high) {
        long[] found = new long[BLOCK];
        int size = 0;
        long below = 0;
        long span = high - low;
        long[] block = new long[BLOCK];
        long end = Math.min(scores.count(), (number + 1L) * ScoreHistogram.CHUNK);
        for (long at = (long) number * ScoreHistogram.CHUNK; at < end; at += BLOCK) {
            int count = (int) Math.min(BLOCK, end - at);
            scores.read(at, count, block);
            if (found.length - size < count) {
                found = Arrays.copyOf(found, 2 * found.length);
            }
            // Few lie in between: a branch that is seldom taken costs less than to store each.
            for (int i = 0; i < count; i++) {
                long above = block[i] - low;
                below += above >>> 63;
                if (above >= 0 && above <= span) {
                    found[size++] = block[i];
                }
            }
        }
        Arrays.sort(found, 0, size);
        return ofSorted(below, found, size);
    }

    private static Runs ofSorted(long below, long[] sorted, int size) {
        long[] counts = new long[size];
        int runs = 0;
        for (int i = 0; i < size; i++) {
            if (runs == 0 || sorted[runs - 1] != sorted[i]) {
                sorted[runs++] = sorted[i];
            }
            counts[runs - 1]++;
        }
        return new Runs(below, Arrays.copyOf(sorted, runs), Arrays.copyOf(counts, runs));
    }

    private static Runs merge(Runs a, Runs b) {
        long[] scores = new long[a.scores.length + b.scores.length];
        long[] counts = new long[scores.length];
        int runs = 0;
        for (int i = 0, j = 0; i < a.scores.length || j < b.scores.length; runs++) {
            boolean takesA = j == b.scores.length || (i < a.scores.length && a.scores[i] <= b.scores[j]);
            boolean takesB = i == a.scores.length || (j < b.scores.length && b.scores[j] <= a.scores[i]);
            scores[runs] = takesA ? a.scores[i] : b.scores[j];
            counts[runs] = (takesA ? a.counts[i++] : 0) + (takesB ? b.counts[j++] : 0);
        }
        return new Runs(a.below + b.below, Arrays.copyOf(scores, runs), Arrays.copyOf(counts, runs));
    }

    /// How many scores lie below the first.
    long below() {
        return below;
    }

    /// How many different scores there are.
    int size() {
        return scores.length;
    }

    /// One of them.
    long score(int run) {
        return scores[run];
    }

    /// How often it occurs.
    long count(int run) {
        return counts[run];
    }
}
