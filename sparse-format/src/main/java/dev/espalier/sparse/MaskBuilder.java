package dev.espalier.sparse;

/// A mask in the making: without ones at first. Not used any more once the mask is made.
final class MaskBuilder {
    private final Shape shape;
    private final long[] words;

    MaskBuilder(Shape shape) {
        this.shape = shape;
        this.words = new long[Math.toIntExact(Math.ceilDiv(shape.elementCount(), 64L))];
    }

    boolean isKept(long index) {
        return ((words[(int) (index >>> 6)] >>> (index & 63)) & 1) != 0;
    }

    /// Sets one bit.
    void keep(long index) {
        words[(int) (index >>> 6)] |= 1L << (index & 63);
    }

    /// Sets the bits of up to 64 elements that have a one in `bits`, the first the lowest.
    void keep(long from, int count, long bits) {
        int at = (int) (from >>> 6);
        int shift = (int) (from & 63);
        words[at] |= bits << shift;
        if (shift + count > 64) {
            words[at + 1] |= bits >>> (64 - shift);
        }
    }

    /// Sets the bits of scores that are `least` or more, clears the others; neither is negative, save scores of
    /// ties that go.
    ///
    /// @param from a multiple of 64
    void keepAtLeast(long least, long from, int count, long[] scores) {
        for (int start = 0; start < count; start += 64) {
            long word = 0;
            int end = Math.min(64, count - start);
            for (int i = 0; i < end; i++) {
                word = (word >>> 1) | (~(scores[start + i] - least) & Long.MIN_VALUE);
            }
            words[(int) ((from + start) >>> 6)] = word >>> (64 - end);
        }
    }

    /// Sets the bits of what is not 0, clears the others.
    ///
    /// @param from a multiple of 64
    void keepNonZero(long from, int count, long[] values) {
        for (int start = 0; start < count; start += 64) {
            long word = 0;
            int end = Math.min(64, count - start);
            for (int i = 0; i < end; i++) {
                long value = values[start + i];
                word = (word >>> 1) | ((value | -value) & Long.MIN_VALUE);
            }
            words[(int) ((from + start) >>> 6)] = word >>> (64 - end);
        }
    }

    Mask build() {
        return new Mask(shape, words);
    }
}
