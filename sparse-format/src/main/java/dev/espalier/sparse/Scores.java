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

    /// What is done with some of the scores.
    @FunctionalInterface
    interface Block {
        /// @param from the element of the first score
        /// @param count how many there are
        /// @param scores they, from place 0 on; may be changed
        void take(long from, int count, long[] scores);
    }

    /// How many scores a block has, unless there are no more.
    int BLOCK = 4096;

    /// Reads the scores of the elements from `from` to `to`, in order.
    ///
    /// What looks at scores one after the other does it by this: in a short command the optimizing compiler
    /// takes as much time as the work, and it is done sooner with small loops over an array than with loops that
    /// reading is inlined in.
    default void forEachBlock(long from, long to, Block block) {
        forEachBlock(from, to, 1, block);
    }

    /// Reads one block of `stride`, the first of them among these.
    default void forEachBlock(long from, long to, int stride, Block block) {
        long[] scores = new long[BLOCK];
        for (long at = from; at < to; at += (long) stride * BLOCK) {
            int count = (int) Math.min(BLOCK, to - at);
            read(at, count, scores);
            block.take(at, count, scores);
        }
    }

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
