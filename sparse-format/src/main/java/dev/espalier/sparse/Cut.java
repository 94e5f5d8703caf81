package dev.espalier.sparse;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/// Where an ordering by [Scores] is cut: scores below `score` go, and of those equal to it the first `ties`.
///
/// Found by a radix selection over the scores' bits, 16 at a time from the top: each round counts the digits of
/// the scores that share the digits found so far. It reads the scores two (31 bits) or four times (63), keeps
/// nothing of them, and since it only counts, the result does not depend on the number of threads.
public record Cut(long score, long ties) {
    private static final int CHUNK = 1 << 20;
    private static final int DIGIT_BITS = 16;

    private record Range(Scores scores, long from, long to) {}

    /// The cut that takes the `count` smallest of all scores together; fewer if the rest must never go. Ties are
    /// taken in the order of the list, then by index; [#split] tells how many fall to each.
    ///
    /// @throws IllegalArgumentException if the scores differ in [Scores#bits]
    public static Cut ofSmallest(List<? extends Scores> all, long count) {
        if (all.isEmpty()) {
            return new Cut(0, 0);
        }
        int bits = all.getFirst().bits();
        List<Range> ranges = new ArrayList<>();
        for (Scores scores : all) {
            if (scores.bits() != bits) {
                throw new IllegalArgumentException("scores of " + bits + " and of " + scores.bits() + " bits");
            }
            for (long from = 0; from < scores.count(); from += CHUNK) {
                ranges.add(new Range(scores, from, Math.min(scores.count(), from + CHUNK)));
            }
        }
        return select(ranges, count, bits);
    }

    private static Cut select(List<Range> ranges, long count, int bits) {
        long prefix = 0;
        long left = count;
        // 31 and 63 are one short of whole digits: the first is the short one, which all scores are counted by.
        for (int low = bits - DIGIT_BITS + 1; ; low -= DIGIT_BITS) {
            int width = Math.min(DIGIT_BITS, bits - low);
            long[] histogram = histogram(ranges, prefix, low, width);
            long never = Scores.never(bits) >>> low;
            int digit = 0;
            while (left > histogram[digit]) {
                left -= histogram[digit++];
                if (digit == histogram.length || ((prefix << width) | digit) >= never) {
                    return new Cut(Scores.never(bits), 0);
                }
            }
            prefix = (prefix << width) | digit;
            if (low == 0) {
                // Where all ties go there is nothing to break: mostly there is one.
                return left == histogram[digit] ? new Cut(prefix + 1, 0) : new Cut(prefix, left);
            }
        }
    }

    /// How often each digit of `width` bits above bit `low` occurs in the scores whose higher bits are `prefix`.
    private static long[] histogram(List<Range> ranges, long prefix, int low, int width) {
        return ranges.parallelStream()
                .collect(
                        () -> new long[1 << width],
                        (histogram, range) -> count(range, prefix, low, width, histogram),
                        Cut::add);
    }

    private static void count(Range range, long prefix, int low, int width, long[] histogram) {
        int digits = (1 << width) - 1;
        boolean isFirst = low + width == range.scores.bits();
        range.scores.forEachBlock(
                range.from,
                range.to,
                isFirst
                        ? (from, count, scores) -> {
                            for (int i = 0; i < count; i++) {
                                histogram[(int) (scores[i] >>> low)]++;
                            }
                        }
                        : (from, count, scores) -> {
                            for (int i = 0; i < count; i++) {
                                long score = scores[i] >>> low;
                                if (score >>> width == prefix) {
                                    histogram[(int) score & digits]++;
                                }
                            }
                        });
    }

    private static void add(long[] sum, long[] more) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += more[i];
        }
    }

    /// One cut for each of the scores, so that each can be made without the others.
    public List<Cut> split(List<? extends Scores> all) {
        List<Cut> cuts = new ArrayList<>();
        long left = ties;
        for (Scores scores : all) {
            long here = left == 0 ? 0 : Math.min(left, countEqual(scores));
            cuts.add(new Cut(score, here));
            left -= here;
        }
        return cuts;
    }

    /// This cut or, if it is made among the zeros, one that takes all of them: what is zero already is not kept.
    public Cut withAllZeros() {
        return score == 0 ? new Cut(1, 0) : this;
    }

    /// How many of the scores go.
    public long countIn(Scores scores) {
        long equal = ties == 0 ? 0 : Math.min(ties, countEqual(scores));
        return equal
                + LongStream.range(0, Math.ceilDiv(scores.count(), (long) CHUNK))
                        .parallel()
                        .map(i -> countBelow(scores, i * CHUNK, Math.min(scores.count(), (i + 1) * CHUNK)))
                        .sum();
    }

    private long countBelow(Scores scores, long start, long end) {
        long[] below = {0};
        scores.forEachBlock(start, end, (from, count, block) -> {
            for (int i = 0; i < count; i++) {
                below[0] += block[i] < score ? 1 : 0;
            }
        });
        return below[0];
    }

    private long countEqual(Scores scores) {
        long[] equal = {0};
        scores.forEachBlock(0, scores.count(), (from, count, block) -> {
            for (int i = 0; i < count; i++) {
                equal[0] += block[i] == score ? 1 : 0;
            }
        });
        return equal[0];
    }
}
