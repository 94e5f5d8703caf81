package dev.espalier.pruning.scope;

import dev.espalier.sparse.Scores;
import java.util.List;
import java.util.stream.IntStream;

/// How many scores share their highest bits, and the sum of their squares. Bins that have none are left out.
///
/// Counted in chunks of a fixed size that are added in order, so that sums are the same for any number of threads.
final class ScoreHistogram {
    /// Bits that scores are binned by: sign and exponent of a number and at least four bits of its fraction.
    private static final int DIGITS_OF_FLOAT = 15;
    private static final int DIGITS_OF_DOUBLE = 16;
    /// How many chunks are in memory at a time.
    private static final int BATCH = 16;
    /// Of so many scores and more a sample is one block of several.
    private static final int MANY = 1 << 20;
    private static final int STRIDE = 16;

    /// What a chunk of the scores has in each bin.
    private static final class Chunk {
        private final int[] counts;
        private final double[] energies;

        Chunk(int bins, boolean withEnergy) {
            this.counts = new int[bins];
            this.energies = new double[withEnergy ? bins : 0];
        }

        void add(int count, long[] scores, int shift) {
            for (int i = 0; i < count; i++) {
                int bin = (int) (scores[i] >>> shift);
                if (bin < counts.length) {
                    counts[bin]++;
                }
            }
        }

        void addTo(long[] allCounts, double[] allEnergies) {
            for (int i = 0; i < counts.length; i++) {
                allCounts[i] += counts[i];
            }
            for (int i = 0; i < energies.length; i++) {
                allEnergies[i] += energies[i];
            }
        }

        void addEnergies(int count, long[] scores, int shift, int bits, double scale) {
            for (int i = 0; energies.length > 0 && i < count; i++) {
                int bin = (int) (scores[i] >>> shift);
                if (bin < energies.length) {
                    double value = Scores.real(scores[i], bits) * scale;
                    energies[bin] += value * value;
                }
            }
        }
    }

    static final int CHUNK = 1 << 20;

    private final int shift;
    private final double scale;
    private final int stride;
    private final int[] bins;
    private final long[] before;
    private final double[] from;

    private ScoreHistogram(int shift, double scale, int stride, long[] counts, double[] energies) {
        this.shift = shift;
        this.scale = scale;
        this.stride = stride;
        this.bins =
                IntStream.range(0, counts.length).filter(bin -> counts[bin] > 0).toArray();
        this.before = new long[bins.length + 1];
        this.from = new double[bins.length + 1];
        for (int i = 0; i < bins.length; i++) {
            before[i + 1] = before[i] + counts[bins[i]] * stride;
        }
        for (int i = bins.length - 1; i >= 0 && energies.length > 0; i--) {
            from[i] = from[i + 1] + energies[bins[i]];
        }
    }

    /// Bins all of them.
    ///
    /// @param withEnergy whether sums of squares are needed; they are 0 if not
    static ScoreHistogram of(Scores scores, boolean withEnergy) {
        return of(scores, withEnergy, 1);
    }

    /// Bins a part of many, and counts each as often as makes up for the others: their numbers are estimates.
    static ScoreHistogram ofSample(Scores scores) {
        return of(scores, false, scores.count() < MANY ? 1 : STRIDE);
    }

    private static ScoreHistogram of(Scores scores, boolean withEnergy, int stride) {
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
                    .mapToObj(i -> count(scores, i, shift, new Chunk(bins, withEnergy), scale, stride))
                    .toList();
            batch.forEach(chunk -> chunk.addTo(counts, energies));
        }
        return new ScoreHistogram(shift, scale, stride, counts, energies);
    }

    static int chunks(Scores scores) {
        return Math.toIntExact(Math.ceilDiv(scores.count(), (long) CHUNK));
    }

    private static Chunk count(Scores scores, int number, int shift, Chunk chunk, double scale, int stride) {
        int bits = scores.bits();
        long start = (long) number * CHUNK;
        scores.forEachBlock(start, Math.min(scores.count(), start + CHUNK), stride, (from, count, block) -> {
            chunk.add(count, block, shift);
            chunk.addEnergies(count, block, shift, bits, scale);
        });
        return chunk;
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
        long[] largest = {0};
        long start = (long) number * CHUNK;
        scores.forEachBlock(start, Math.min(scores.count(), start + CHUNK), (from, count, block) -> {
            for (int i = 0; i < count; i++) {
                largest[0] = block[i] < Scores.never(63) ? Math.max(largest[0], block[i]) : largest[0];
            }
        });
        return Scores.real(largest[0], 63);
    }

    /// Whether all scores were counted.
    boolean isExact() {
        return stride == 1;
    }

    /// By what scores are multiplied before they are squared, so that squares stay in range.
    double scale() {
        return scale;
    }

    /// Number of bins; they are in ascending order.
    int size() {
        return bins.length;
    }

    /// How many scores lie below a bin; of the bin after the last, how many there are without those that never go.
    long before(int bin) {
        return before[bin];
    }

    /// Sum of the squares of a bin and those above; of the bin after the last 0.
    double energyFrom(int bin) {
        return from[bin];
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
