package dev.espalier.sparse;

/// The importance of each element of a tensor as a non-negative integer: the smallest are pruned first. Integers, so
/// that order and ties are exact and the same on every machine.
public interface Scores {
    /// Bits of a score, 31 or 63: those of a `float` or a `double` without its sign, which order as their values do.
    int bits();

    /// Number of elements.
    long count();

    /// Writes the scores of `count` elements from element `from` on into `out`. An element must not be pruned if its
    /// score is [#never(int)] or above. Called from several threads at once.
    void read(long from, int count, long[] out);

    /// The lowest score that is never pruned: infinity in the `float` or `double` that the bits are taken from.
    static long never(int bits) {
        return switch (bits) {
            case 31 -> 0x7F80_0000L;
            case 63 -> 0x7FF0_0000_0000_0000L;
            default -> throw new IllegalArgumentException(bits + " bits");
        };
    }

    /// The number whose bits a score is.
    static double real(long score, int bits) {
        return bits == 31 ? Float.intBitsToFloat((int) score) : Double.longBitsToDouble(score);
    }
}
