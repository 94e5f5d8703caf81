package dev.espalier.sparse;

/// The elements of a tensor that a mask keeps, block after block. Where they are not few, positions are found without a
/// branch: that takes little before the optimizing compiler has been at it.
final class KeptElements {
    private static final int BLOCK = 4096;

    /// Takes those of a block.
    interface Visitor {
        /// @param from the element that the block begins with
        /// @param count how many of it are kept, not 0
        /// @param places where they are, counted from `from`, ascending
        /// @param bits theirs
        void visit(long from, int count, int[] places, long[] bits);
    }

    private KeptElements() {}

    /// Visits all blocks that have any, in order.
    ///
    /// @param tensor of the mask's shape
    static void visit(DenseTensor tensor, Mask kept, Visitor visitor) {
        long[] block = new long[BLOCK];
        long[] bits = new long[BLOCK];
        int[] places = new int[BLOCK];
        for (long from = 0; from < tensor.elementCount(); from += BLOCK) {
            int size = (int) Math.min(BLOCK, tensor.elementCount() - from);
            int count = places(kept, from, size, places);
            if (count > 0) {
                tensor.gather(from, size, places, count, block, bits);
                visitor.visit(from, count, places, bits);
            }
        }
    }

    /// Writes elements to where the mask has ones.
    ///
    /// @param values one for each, in order
    /// @param first which of them is the first
    /// @param to a tensor of the mask's shape
    static void scatter(DenseTensor values, long first, Mask kept, DenseTensor to) {
        long[] bits = new long[BLOCK];
        long[] stored = new long[BLOCK];
        int[] places = new int[BLOCK];
        long next = first;
        for (long from = 0; from < to.elementCount(); from += BLOCK) {
            int size = (int) Math.min(BLOCK, to.elementCount() - from);
            int count = places(kept, from, size, places);
            if (count > 0) {
                to.readBits(from, size, bits);
                values.readBits(next, count, stored);
                for (int k = 0; k < count; k++) {
                    bits[places[k]] = stored[k];
                }
                to.writeBits(from, size, bits);
                next += count;
            }
        }
    }

    /// Whether so few of so many elements are taken faster one by one than with all the others.
    static boolean isFew(int kept, int size) {
        return kept < size / 4;
    }

    /// @return how many places were written
    private static int places(Mask kept, long from, int size, int[] places) {
        int count = 0;
        for (int start = 0; start < size; start += 64) {
            int bits = Math.min(64, size - start);
            long word = kept.word(from + start, bits);
            if (isFew(Long.bitCount(word), bits)) {
                for (; word != 0; word &= word - 1) {
                    places[count++] = start + Long.numberOfTrailingZeros(word);
                }
            } else {
                for (int i = 0; i < bits; i++) {
                    places[count] = start + i;
                    count += (int) (word >>> i) & 1;
                }
            }
        }
        return count;
    }
}
