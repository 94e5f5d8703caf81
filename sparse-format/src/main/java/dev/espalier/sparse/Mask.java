package dev.espalier.sparse;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongPredicate;

/// One bit for each element of a tensor: 1 is kept, 0 is zero (the convention of PyTorch's masks). Row-major.
public final class Mask {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /// A multiple of 64, so that a block is whole words.
    private static final int BLOCK = 4096;
    /// 128 bits: no two masks of one model collide by accident.
    private static final int DIGEST_BYTES = 16;

    private final Shape shape;
    private final long[] words;
    /// Number of ones, counted when somebody first asks: several do. Negative until then.
    private long kept = -1;

    /// @param words not changed any more, without ones after the last element
    Mask(Shape shape, long[] words) {
        this.shape = shape;
        this.words = words;
    }

    /// The elements of `tensor` that are not zero. Negative zero is zero; NaN is not.
    ///
    /// @throws IllegalArgumentException if the type's elements are not [ElementType#isCountable]
    public static Mask ofNonZeros(DenseTensor tensor, Quantization quantization) {
        return ofOtherThanZero(tensor, quantization, tensor.type().zeroTestMask());
    }

    /// The elements of `tensor` whose bits are not those of its zero, negative zeros among them: what has to be stored
    /// so that none of them changes.
    ///
    /// @throws IllegalArgumentException if the type is wider than 64 bits
    public static Mask ofBitsOtherThanZero(DenseTensor tensor, Quantization quantization) {
        return ofOtherThanZero(tensor, quantization, -1L);
    }

    private static Mask ofOtherThanZero(DenseTensor tensor, Quantization quantization, long test) {
        MaskBuilder mask = new MaskBuilder(tensor.shape());
        long[] bits = new long[BLOCK];
        boolean hasZeroPoint = !quantization.isZeroAtZero();
        int step = quantization.step();
        for (long from = 0; from < tensor.elementCount(); from += BLOCK) {
            int count = (int) Math.min(BLOCK, tensor.elementCount() - from);
            tensor.readBits(from, count, test, bits);
            int i = 0;
            while (hasZeroPoint && i < count) {
                int place = quantization.placeOf(from + i);
                int end = (int) Math.min(count, i + quantization.runAt(from + i));
                for (; i < end; i++, place += step) {
                    bits[i] ^= quantization.zero(place) & test;
                }
            }
            mask.keepNonZero(from, count, bits);
        }
        return mask.build();
    }

    /// @param isKept whether the element of that index is kept; asked once for each, in order
    public static Mask of(Shape shape, LongPredicate isKept) {
        MaskBuilder mask = new MaskBuilder(shape);
        for (long i = 0; i < shape.elementCount(); i++) {
            if (isKept.test(i)) {
                mask.keep(i);
            }
        }
        return mask.build();
    }

    /// The bits of a file: bit i % 8, from the low end, of byte i / 8; those after the last element do not matter.
    ///
    /// @param bits at least `ceil(n / 8)` bytes
    static Mask ofBits(Shape shape, MemorySegment bits) {
        long[] words = new long[Math.toIntExact(Math.ceilDiv(shape.elementCount(), 64L))];
        long bytes = Math.ceilDiv(shape.elementCount(), 8L);
        int whole = (int) (bytes / 8);
        MemorySegment.copy(bits, WORD, 0, words, 0, whole);
        for (long at = whole * 8L; at < bytes; at++) {
            words[whole] |= (bits.get(ValueLayout.JAVA_BYTE, at) & 0xFFL) << (8 * (at % 8));
        }
        int last = (int) (shape.elementCount() % 64);
        if (last != 0) {
            words[words.length - 1] &= (1L << last) - 1;
        }
        return new Mask(shape, words);
    }

    /// The same bits, as [#ofBits] reads them.
    ///
    /// @param bits exactly `ceil(n / 8)` bytes
    void copyTo(MemorySegment bits) {
        int whole = (int) (bits.byteSize() / 8);
        MemorySegment.copy(words, 0, bits, WORD, 0, whole);
        for (long at = whole * 8L; at < bits.byteSize(); at++) {
            bits.set(ValueLayout.JAVA_BYTE, at, (byte) (words[whole] >>> (8 * (at % 8))));
        }
    }

    /// The elements that stay when `cut` is made through `scores`.
    public static Mask ofKept(Shape shape, Scores scores, Cut cut) {
        MaskBuilder mask = new MaskBuilder(shape);
        long[] ties = {cut.ties()};
        scores.forEachBlock(0, shape.elementCount(), (from, count, block) -> {
            if (ties[0] > 0) {
                ties[0] -= takeTies(ties[0], cut.score(), count, block);
            }
            mask.keepAtLeast(cut.score(), from, count, block);
        });
        return mask.build();
    }

    /// Marks the first `most` scores that are `score` as going.
    ///
    /// @return how many there were
    private static long takeTies(long most, long score, int count, long[] scores) {
        long taken = 0;
        for (int i = 0; taken < most && i < count; i++) {
            if (scores[i] == score) {
                scores[i] = -1;
                taken++;
            }
        }
        return taken;
    }

    /// Shape of the tensor that it belongs to.
    public Shape shape() {
        return shape;
    }

    /// Whether the element is kept.
    public boolean isKept(long index) {
        return ((words[(int) (index >>> 6)] >>> (index & 63)) & 1) != 0;
    }

    /// Number of ones.
    public long keptCount() {
        if (kept < 0) {
            kept = keptFrom(0);
        }
        return kept;
    }

    /// Number of ones from an element on.
    ///
    /// @param from a multiple of 64
    long keptFrom(long from) {
        long count = 0;
        for (int at = (int) (from >>> 6); at < words.length; at++) {
            count += Long.bitCount(words[at]);
        }
        return count;
    }

    /// The bits of `count` elements from `from` on, each `stride` after the one before, the first the lowest.
    ///
    /// @param count at most 31
    int bitsOf(long from, int count, long stride) {
        if (stride == 1) {
            return (int) word(from, count);
        }
        int bits = 0;
        for (int i = 0; i < count; i++) {
            long index = from + i * stride;
            bits |= ((int) (words[(int) (index >>> 6)] >>> (index & 63)) & 1) << i;
        }
        return bits;
    }

    /// The bits of `count` elements from `from` on, the first the lowest.
    ///
    /// @param count 1 to 64
    long word(long from, int count) {
        int at = (int) (from >>> 6);
        int shift = (int) (from & 63);
        long bits = words[at] >>> shift;
        if (shift + count > 64) {
            bits |= words[at + 1] << (64 - shift);
        }
        return count == 64 ? bits : bits & ((1L << count) - 1);
    }

    /// Number of zeros.
    public long zeroCount() {
        return shape.elementCount() - keptCount();
    }

    /// The first kept element at or after `index`, or -1.
    public long nextKept(long index) {
        int at = (int) Math.min(index >>> 6, words.length);
        if (at == words.length) {
            return -1;
        }
        long word = words[at] & (-1L << (index & 63));
        while (word == 0) {
            if (++at == words.length) {
                return -1;
            }
            word = words[at];
        }
        return ((long) at << 6) + Long.numberOfTrailingZeros(word);
    }

    /// The first element that is zero here and kept in `other`, or -1: where a zero came back.
    ///
    /// @throws IllegalArgumentException if the shapes differ
    public long firstRevivedIn(Mask other) {
        requireSameShape(other);
        for (int i = 0; i < words.length; i++) {
            long revived = ~words[i] & other.words[i];
            if (revived != 0) {
                return ((long) i << 6) + Long.numberOfTrailingZeros(revived);
            }
        }
        return -1;
    }

    /// How many elements are zero here and kept in `other`.
    ///
    /// @throws IllegalArgumentException if the shapes differ
    public long revivedIn(Mask other) {
        requireSameShape(other);
        long count = 0;
        for (int i = 0; i < words.length; i++) {
            count += Long.bitCount(~words[i] & other.words[i]);
        }
        return count;
    }

    /// The mask of the tensor with its axes in another order (ONNX Transpose).
    ///
    /// @param axes which old axis comes first, second and so on
    public Mask permuted(List<Integer> axes) {
        int rank = shape.rank();
        long[] dims = new long[rank];
        for (int i = 0; i < rank; i++) {
            dims[i] = shape.dim(axes.get(i));
        }
        MaskBuilder permuted = new MaskBuilder(Shape.of(dims));
        long[] strides = new long[rank];
        long stride = 1;
        for (int i = rank - 1; i >= 0; i--) {
            strides[axes.get(i)] = stride;
            stride *= dims[i];
        }
        for (long i = nextKept(0); i >= 0; i = nextKept(i + 1)) {
            long left = i;
            long to = 0;
            for (int axis = rank - 1; axis >= 0; axis--) {
                to += left % shape.dim(axis) * strides[axis];
                left /= shape.dim(axis);
            }
            permuted.keep(to);
        }
        return permuted.build();
    }

    /// Whether the other has the same bits in the same order, in whatever shape.
    public boolean hasBitsOf(Mask other) {
        return shape.elementCount() == other.shape.elementCount() && Arrays.equals(words, other.words);
    }

    /// Whether the other keeps nothing that is zero here, one bit after the other, in whatever shape.
    public boolean coversBitsOf(Mask other) {
        if (shape.elementCount() != other.shape.elementCount()) {
            return false;
        }
        for (int i = 0; i < words.length; i++) {
            if ((~words[i] & other.words[i]) != 0) {
                return false;
            }
        }
        return true;
    }

    private void requireSameShape(Mask other) {
        if (!shape.equals(other.shape)) {
            throw new IllegalArgumentException("masks of shapes " + shape + " and " + other.shape);
        }
    }

    /// A copy of `tensor` with its zero stored where the mask has one; the rest bit for bit.
    ///
    /// @throws IllegalArgumentException if the shapes differ
    public DenseTensor applyTo(DenseTensor tensor, Quantization quantization) {
        if (!tensor.shape().equals(shape)) {
            throw new IllegalArgumentException("a mask of shape " + shape + " for a tensor of " + tensor.shape());
        }
        DenseTensor pruned = DenseTensor.zeros(tensor.type(), shape);
        Masking.copy(this, tensor, quantization, 0, pruned);
        return pruned;
    }

    /// A digest of the positions: the first 16 bytes, in hexadecimal, of SHA-256 over the bits, eight to a byte
    /// from the low bit up.
    public String digest() {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] bytes = new byte[BLOCK * 8];
            LongBuffer block =
                    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
            long left = Math.ceilDiv(shape.elementCount(), 8L);
            for (int at = 0; at < words.length; at += BLOCK) {
                block.put(0, words, at, Math.min(BLOCK, words.length - at));
                sha.update(bytes, 0, (int) Math.min(bytes.length, left));
                left -= bytes.length;
            }
            return HexFormat.of().formatHex(sha.digest(), 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mask mask && shape.equals(mask.shape) && Arrays.equals(words, mask.words);
    }

    @Override
    public int hashCode() {
        return 31 * shape.hashCode() + Arrays.hashCode(words);
    }

    @Override
    public String toString() {
        return "Mask of " + shape + ", " + keptCount() + " kept";
    }
}
