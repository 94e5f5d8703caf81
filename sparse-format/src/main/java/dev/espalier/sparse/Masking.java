package dev.espalier.sparse;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Copies elements, with their zero where a mask has one.
final class Masking {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    /// A multiple of 64, so that a block is whole words of a mask.
    private static final int BLOCK = 4096;

    private Masking() {}

    /// Copies a part of a tensor.
    ///
    /// @param part of the shape of the mask
    /// @param first the element of the tensor that it begins with
    /// @param to of the same shape and of zero bits
    static void copy(Mask kept, DenseTensor part, Quantization quantization, long first, DenseTensor to) {
        if (quantization.isZeroAtZero() && part.type().bits() == Integer.SIZE) {
            copyInts(kept, part.data(), to.data());
            return;
        }
        long[] bits = new long[BLOCK];
        for (long from = 0; from < part.elementCount(); from += BLOCK) {
            int count = (int) Math.min(BLOCK, part.elementCount() - from);
            part.readBits(from, count, bits);
            if (quantization.isZeroAtZero()) {
                clear(kept, from, count, bits);
            } else {
                for (int i = 0; i < count; i++) {
                    bits[i] = kept.isKept(from + i) ? bits[i] : quantization.zeroAt(first + from + i);
                }
            }
            to.writeBits(from, count, bits);
        }
    }

    private static void clear(Mask kept, long from, int count, long[] elements) {
        for (int start = 0; start < count; start += 64) {
            int end = Math.min(64, count - start);
            long word = kept.word(from + start, end);
            for (int i = 0; i < end; i++) {
                elements[start + i] &= -((word >>> i) & 1);
            }
        }
    }

    /// The usual width without a detour through wider elements: writing takes two thirds of the time.
    private static void copyInts(Mask kept, MemorySegment elements, MemorySegment to) {
        int[] block = new int[BLOCK];
        long all = kept.shape().elementCount();
        for (long from = 0; from < all; from += BLOCK) {
            int count = (int) Math.min(BLOCK, all - from);
            MemorySegment.copy(elements, INT, from * Integer.BYTES, block, 0, count);
            clear(kept, from, count, block);
            MemorySegment.copy(block, 0, to, INT, from * Integer.BYTES, count);
        }
    }

    private static void clear(Mask kept, long from, int count, int[] elements) {
        for (int start = 0; start < count; start += 64) {
            int end = Math.min(64, count - start);
            long word = kept.word(from + start, end);
            for (int i = 0; i < end; i++) {
                elements[start + i] &= -(int) ((word >>> i) & 1);
            }
        }
    }
}
