package dev.espalier.sparse;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A tensor with every element stored: row-major, little-endian, types below 8 bits packed from the low bits up. The
/// memory may be a mapped file and may exceed 2 GiB; readers must not write to it.
///
/// @param data exactly `type.byteCount(shape.elementCount())` bytes, at any alignment
public record DenseTensor(ElementType type, Shape shape, MemorySegment data) implements Encoded {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    public DenseTensor {
        long expected = type.byteCount(shape.elementCount());
        if (type.bits() == 0 || data.byteSize() != expected) {
            throw new IllegalArgumentException(
                    type + " " + shape + " takes " + expected + " bytes, not " + data.byteSize());
        }
    }

    /// A tensor of zero bits, in memory of its own outside the Java heap, freed when unreachable.
    public static DenseTensor zeros(ElementType type, Shape shape) {
        long bytes = type.byteCount(shape.elementCount());
        return new DenseTensor(
                type, shape, bytes == 0 ? MemorySegment.NULL : Arena.ofAuto().allocate(bytes));
    }

    /// An `f32` tensor.
    public static DenseTensor of(Shape shape, float... values) {
        DenseTensor tensor = zeros(ElementType.F32, shape);
        for (int i = 0; i < values.length; i++) {
            tensor.setBits(i, Float.floatToRawIntBits(values[i]));
        }
        return tensor;
    }

    /// A tensor of any type of 8, 16, 32 or 64 bits, each element given by its bits.
    public static DenseTensor ofBits(ElementType type, Shape shape, long... bits) {
        DenseTensor tensor = zeros(type, shape);
        for (int i = 0; i < bits.length; i++) {
            tensor.setBits(i, bits[i]);
        }
        return tensor;
    }

    /// Number of elements.
    public long elementCount() {
        return shape.elementCount();
    }

    @Override
    public DenseTensor decode() {
        return this;
    }

    /// Reads the bits of `count` elements from element `from` on into `out`, zero-extended.
    ///
    /// @throws IllegalArgumentException if the type is wider than 64 bits
    public void readBits(long from, int count, long[] out) {
        switch (type.bits()) {
            case 64 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = data.get(LONG, (from + i) * 8);
                }
            }
            case 32 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = data.get(INT, (from + i) * 4) & 0xFFFF_FFFFL;
                }
            }
            case 16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = data.get(SHORT, (from + i) * 2) & 0xFFFFL;
                }
            }
            case 8 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = data.get(ValueLayout.JAVA_BYTE, from + i) & 0xFFL;
                }
            }
            case 2, 4, 6 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = packedBits(from + i);
                }
            }
            default -> throw new IllegalArgumentException("elements of type " + type + " have no 64-bit form");
        }
    }

    /// The bits of one element, zero-extended.
    public long bitsAt(long index) {
        long[] one = new long[1];
        readBits(index, 1, one);
        return one[0];
    }

    private long packedBits(long index) {
        long bit = index * type.bits();
        long low = data.get(ValueLayout.JAVA_BYTE, bit >>> 3) & 0xFFL;
        int shift = (int) (bit & 7);
        long word = low;
        if (shift + type.bits() > 8) {
            word |= (data.get(ValueLayout.JAVA_BYTE, (bit >>> 3) + 1) & 0xFFL) << 8;
        }
        return (word >>> shift) & ((1L << type.bits()) - 1);
    }

    /// Writes one element, for the code that makes a new tensor.
    ///
    /// @throws IllegalArgumentException if the type is not 8, 16, 32 or 64 bits wide
    void setBits(long index, long bits) {
        switch (type.bits()) {
            case 64 -> data.set(LONG, index * 8, bits);
            case 32 -> data.set(INT, index * 4, (int) bits);
            case 16 -> data.set(SHORT, index * 2, (short) bits);
            case 8 -> data.set(ValueLayout.JAVA_BYTE, index, (byte) bits);
            default -> throw new IllegalArgumentException("elements of type " + type + " are not written one by one");
        }
    }
}
