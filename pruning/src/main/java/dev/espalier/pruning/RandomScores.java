package dev.espalier.pruning;

import dev.espalier.sparse.Scores;

/// Scores drawn by lot, except that what is zero scores 0 and what must never go keeps the score that says so.
/// Each is a hash of seed and position (SplitMix64: Steele, Lea and Flood, 2014), so it depends on nothing else.
final class RandomScores implements Scores {
    private static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;

    private final Scores magnitudes;
    private final long start;

    /// @param magnitudes of 63 bits
    /// @param stream tells the weights of one run apart
    RandomScores(Scores magnitudes, long seed, long stream) {
        this.magnitudes = magnitudes;
        this.start = mix(seed + GOLDEN_GAMMA * (stream + 1));
    }

    @Override
    public int bits() {
        return 63;
    }

    @Override
    public long count() {
        return magnitudes.count();
    }

    @Override
    public void read(long from, int count, long[] out) {
        magnitudes.read(from, count, out);
        long never = Scores.never(63);
        for (int i = 0; i < count; i++) {
            if (out[i] != 0 && out[i] < never) {
                // A number above 0 and up to 1.
                long lot = (mix(start + GOLDEN_GAMMA * (from + i)) >>> 11) + 1;
                out[i] = Double.doubleToRawLongBits(lot * 0x1p-53);
            }
        }
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }
}
