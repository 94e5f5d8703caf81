package dev.espalier.pruning;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Magnitudes;
import dev.espalier.sparse.Scores;

/// What someone gives decides, where there is something to decide: zeros stay the first to go, and what must never go
/// stays.
///
/// @param magnitudes of 63 bits
/// @param score of an element, given its place and its magnitude
record GivenScore(Magnitudes magnitudes, Of score) implements Scores {
    /// Gives an element its score.
    @FunctionalInterface
    interface Of {
        long at(long index, long magnitude);
    }

    /// @param tensor the weight's elements
    static GivenScore of(Weight weight, DenseTensor tensor, Of score) {
        return new GivenScore(Magnitudes.of(tensor, weight.quantization(), Long.SIZE - 1), score);
    }

    @Override
    public int bits() {
        return magnitudes.bits();
    }

    @Override
    public long count() {
        return magnitudes.count();
    }

    @Override
    public void read(long from, int count, long[] out) {
        magnitudes.read(from, count, out);
        long never = Scores.never(bits());
        for (int i = 0; i < count; i++) {
            if (out[i] != 0 && out[i] < never) {
                out[i] = score.at(from + i, out[i]);
            }
        }
    }
}
