package dev.espalier.sparse;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The elements of a tensor that a mask keeps, block after block. Where they are not few, positions are found without a
/// branch: that takes little before the optimizing compiler has been at it.
final class KeptElements {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
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
                gather(tensor, from, size, places, count, block, bits);
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

    /// Reads the bits of some elements of a block, zero-extended. The block is brought into an array as it is, and only
    /// what is wanted is taken apart.
    ///
    /// @param block room for `size` numbers, in which anything may be left
    private static void gather(
            DenseTensor tensor, long from, int size, int[] places, int count, long[] block, long[] out) {
        int width = tensor.type().bits();
        if (Long.SIZE % width == 0) {
            readWords(tensor.data(), from * width / 8, (int) tensor.type().byteCount(size), block);
            pick(width, block, places, count, out);
        } else {
            tensor.readBits(from, size, block);
            pick(Long.SIZE, block, places, count, out);
        }
    }

    private static void readWords(MemorySegment data, long from, int bytes, long[] words) {
        int whole = bytes / Long.BYTES;
        MemorySegment.copy(data, WORD, from, words, 0, whole);
        for (int at = whole * Long.BYTES; at < bytes; at++) {
            long next = data.get(ValueLayout.JAVA_BYTE, from + at) & 0xFFL;
            words[whole] = at % Long.BYTES == 0 ? next : words[whole] | (next << (8 * (at % Long.BYTES)));
        }
    }

    /// Several elements are in a word, the first in the lowest bits.
    private static void pick(int width, long[] words, int[] places, int count, long[] out) {
        int perWord = Long.SIZE / width;
        int shift = Integer.numberOfTrailingZeros(perWord);
        long mask = -1L >>> (Long.SIZE - width);
        for (int k = 0; k < count; k++) {
            out[k] = (words[places[k] >>> shift] >>> ((places[k] & (perWord - 1)) * width)) & mask;
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
