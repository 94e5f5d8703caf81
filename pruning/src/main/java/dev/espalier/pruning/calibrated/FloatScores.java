package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.Scores;

/// Non-negative floats, ranked as they are.
record FloatScores(float[] values) implements Scores {
    @Override
    public int bits() {
        return 31;
    }

    @Override
    public long count() {
        return values.length;
    }

    @Override
    public void read(long from, int count, long[] out) {
        for (int i = 0; i < count; i++) {
            out[i] = Float.floatToRawIntBits(values[(int) from + i]) & Integer.MAX_VALUE;
        }
    }
}
