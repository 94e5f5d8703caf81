package dev.espalier.pruning.scope;

import dev.espalier.sparse.Scores;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// How many scores share their highest bits, and the sum of their squares. Bins that have none are left out.
///
/// Counted in chunks of a fixed size that are added in order, so that sums are the same for any number of threads.
///
/// @param shift bits of a score below those that it is binned by
/// @param scale by which scores are multiplied before they are squared, so that squares stay in range
/// @param bins the highest bits, ascending
/// @param before how many scores lie below each bin; then how many there are in all, without those that never go
/// @param from sum of the squares of each bin and those above; then 0
record ScoreHistogram(int shift, double scale, int[] bins, long[] before, double[] from) {
    /// Bits that scores are binned by: sign and exponent of a number and at least four bits of its fraction.
    private static final int DIGITS_OF_FLOAT = 15;
    private static final int DIGITS_OF_DOUBLE = 16;
    private static final int BLOCK = 4096;
    /// How many chunks are in memory at a time.
    private static final int BATCH = 16;

    /// A chunk of the scores.
    private record Chunk(int[] counts, double[] energies) {}

    static final int CHUNK = 1 << 20;

    /// Bins them.
    ///
    /// @param withEnergy whether sums of squares are needed; they are 0 if not
    static ScoreHistogram of(Scores scores, boolean withEnergy) {
        int bits = scores.bits();
        int shift = bits - (bits == 31 ? DIGITS_OF_FLOAT : DIGITS_OF_DOUBLE);
        int bins = (int) (Scores.never(bits) >>> shift);
        double scale = withEnergy && bits == 63 ? scaleOf(scores) : 1;
        long[] counts = new long[bins];
        double[] energies = new double[withEnergy ? bins : 0];
        int chunks = chunks(scores);
        for (int start = 0; start < chunks; start += BATCH) {
            List<Chunk> batch = IntStream.range(start, Math.min(chunks, start + BATCH))
                    .parallel()
                    .mapToObj(
                            i -> count(scores, i, shift, new Chunk(new int[bins], new double[energies.length]), scale))
                    .toList();
            for (Chunk chunk : batch) {
                Arrays.setAll(counts, i -> counts[i] + chunk.counts[i]);
                Arrays.setAll(energies, i -> energies[i] + chunk.energies[i]);
            }
        }
        return ofBins(shift, scale, counts, energies);
    }

    static int chunks(Scores scores) {
        return Math.toIntExact(Math.ceilDiv(scores.count(), (long) CHUNK));
    }

    private static Chunk count(Scores scores, int number, int shift, Chunk chunk, double scale) {
        int bits = scores.bits();
        long[] block = new long[BLOCK];
        long end = Math.min(scores.count(), (number + 1L) * CHUNK);
        for (long at = (long) number * CHUNK; at < end; at += BLOCK) {
            int count = (int) Math.min(BLOCK, end - at);
            scores.read(at, count, block);
            for (int i = 0; i < count; i++) {
                int bin = (int) (block[i] >>> shift);
                if (bin < chunk.counts.length) {
                    chunk.counts[bin]++;
                    if (chunk.energies.length > 0) {
                        double value = Scores.real(block[i], bits) * scale;
                        chunk.energies[bin] += value * value;
                    }
                }
            }
        }
        return chunk;
    }

    private static ScoreHistogram ofBins(int shift, double scale, long[] counts, double[] energies) {
        int[] bins =
                IntStream.range(0, counts.length).filter(bin -> counts[bin] > 0).toArray();
        long[] before = new long[bins.length + 1];
        double[] from = new double[bins.length + 1];
        for (int i = 0; i < bins.length; i++) {
            before[i + 1] = before[i] + counts[bins[i]];
        }
        for (int i = bins.length - 1; i >= 0 && energies.length > 0; i--) {
            from[i] = from[i + 1] + energies[bins[i]];
        }
        return new ScoreHistogram(shift, scale, bins, before, from);
    }

    /// A power of two that brings the largest near 1.
    private static double scaleOf(Scores scores) {
        double largest = IntStream.range(0, chunks(scores))
                .parallel()
                .mapToDouble(i -> largest(scores, i))
                .max()
                .orElse(0);
        return largest == 0 ? 1 : Math.scalb(1.0, -Math.clamp(Math.getExponent(largest), -1000, 1000));
    }

    private static double largest(Scores scores, int number) {
        long[] block = new long[BLOCK];
        long end = Math.min(scores.count(), (number + 1L) * CHUNK);
        long largest = 0;
        for (long at = (long) number * CHUNK; at < end; at += BLOCK) {
            int count = (int) Math.min(BLOCK, end - at);
            scores.read(at, count, block);
            for (int i = 0; i < count; i++) {
                largest = block[i] < Scores.never(63) ? Math.max(largest, block[i]) : largest;
            }
        }
        return Scores.real(largest, 63);
    }

    /// How many scores there are, without those that never go.
    long total() {
        return before[bins.length];
    }

    /// The lowest score that a bin may have.
    long lowest(int bin) {
        return (long) bins[bin] << shift;
    }

    /// The highest.
    long highest(int bin) {
        return lowest(bin) + (1L << shift) - 1;
    }
}
