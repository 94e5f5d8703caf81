package dev.espalier.pruning.scope;

import dev.espalier.sparse.Scores;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Different scores in ascending order, and how often each occurs; and how many lie below all of these.
final class Runs {
    /// None.
    static final Runs NONE = new Runs(0, new long[0], new long[0]);

    /// Scores of at most so many possible values are counted, others are collected and sorted.
    private static final int FEW = 1 << 19;

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
        IntStream chunks = IntStream.range(0, ScoreHistogram.chunks(scores)).parallel();
        return high - low < FEW && scores.count() <= Integer.MAX_VALUE
                ? chunks.collect(
                                () -> new Counts(low, (int) (high - low) + 1),
                                (counts, i) -> read(scores, i, counts),
                                Counts::add)
                        .runs()
                : chunks.mapToObj(i -> ofChunk(scores, i, low, high)).reduce(NONE, Runs::merge);
    }

    private static void read(Scores scores, int chunk, Scores.Block block) {
        long start = (long) chunk * ScoreHistogram.CHUNK;
        scores.forEachBlock(start, Math.min(scores.count(), start + ScoreHistogram.CHUNK), block);
    }

    private static long below(long low, long[] block, int count) {
        long below = 0;
        for (int i = 0; i < count; i++) {
            below += (block[i] - low) >>> 63;
        }
        return below;
    }

    /// How often each score of a range occurs.
    private static final class Counts implements Scores.Block {
        private final long low;
        private final int[] counts;
        private long below;

        Counts(long low, int size) {
            this.low = low;
            this.counts = new int[size];
        }

        /// Few lie in the range: a branch that is seldom taken costs less than to count each. It has to be one: of two,
        /// the first would be guessed wrong often.
        @Override
        public void take(long from, int count, long[] block) {
            below += Runs.below(low, block, count);
            for (int i = 0; i < count; i++) {
                long above = block[i] - low;
                if (Long.compareUnsigned(above, counts.length) < 0) {
                    counts[(int) above]++;
                }
            }
        }

        void add(Counts other) {
            for (int i = 0; i < counts.length; i++) {
                counts[i] += other.counts[i];
            }
            below += other.below;
        }

        Runs runs() {
            long[] scores = new long[counts.length];
            long[] often = new long[counts.length];
            int size = 0;
            for (int i = 0; i < counts.length; i++) {
                scores[size] = low + i;
                often[size] = counts[i];
                size += counts[i] > 0 ? 1 : 0;
            }
            return new Runs(below, Arrays.copyOf(scores, size), Arrays.copyOf(often, size));
        }
    }

    private static Runs ofChunk(Scores scores, int number, long low, long high) {
        Collected collected = new Collected(low, high);
        read(scores, number, collected);
        return collected.runs();
    }

    /// Scores of a range that are few, but may be anywhere in it.
    private static final class Collected implements Scores.Block {
        private final long low;
        private final long span;
        private long[] found = new long[Scores.BLOCK];
        private int size;
        private long below;

        Collected(long low, long high) {
            this.low = low;
            this.span = high - low;
        }

        @Override
        public void take(long from, int count, long[] block) {
            below += Runs.below(low, block, count);
            if (found.length - size < count) {
                found = Arrays.copyOf(found, 2 * found.length);
            }
            for (int i = 0; i < count; i++) {
                if (Long.compareUnsigned(block[i] - low, span) <= 0) {
                    found[size++] = block[i];
                }
            }
        }

        Runs runs() {
            Arrays.sort(found, 0, size);
            return ofSorted(below, found, size);
        }
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
