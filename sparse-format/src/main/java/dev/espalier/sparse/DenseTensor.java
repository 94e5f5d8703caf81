package dev.espalier.sparse;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A tensor with every element stored: row-major, little-endian, types below 8 bits packed from the low bits up.
/// The memory may be a mapped file and may exceed 2 GiB; readers must not write to it.
///
/// @param data exactly `type.byteCount(shape.elementCount())` bytes, at any alignment
public record DenseTensor(ElementType type, Shape shape, MemorySegment data) implements DenseData {
    private static final int BLOCK = 4096;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
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

    /// A tensor of which every element has the same bits.
    ///
    /// @throws IllegalArgumentException if they are not zero and the type is wider than 64 bits
    static DenseTensor filled(ElementType type, Shape shape, long bits) {
        DenseTensor tensor = zeros(type, shape);
        if (bits != 0) {
            long[] block = new long[(int) Math.min(BLOCK, shape.elementCount())];
            Arrays.fill(block, bits);
            for (long from = 0; from < shape.elementCount(); from += block.length) {
                tensor.writeBits(from, (int) Math.min(block.length, shape.elementCount() - from), block);
            }
        }
        return tensor;
    }

    /// An `f32` tensor.
    public static DenseTensor of(Shape shape, float... values) {
        DenseTensor tensor = zeros(ElementType.F32, shape);
        MemorySegment.copy(values, 0, tensor.data, FLOAT, 0, values.length);
        return tensor;
    }

    /// A tensor of any type of at most 64 bits, each element given by its bits.
    public static DenseTensor ofBits(ElementType type, Shape shape, long... bits) {
        DenseTensor tensor = zeros(type, shape);
        tensor.writeBits(0, bits.length, bits);
        return tensor;
    }

    /// The same bytes as elements of another type and shape.
    ///
    /// @throws IllegalArgumentException if these take another number of bytes
    public DenseTensor viewedAs(ElementType otherType, Shape otherShape) {
        return new DenseTensor(otherType, otherShape, data);
    }

    /// Whether the other has the same type, shape and bits.
    public boolean isSameAs(DenseTensor other) {
        return type == other.type && shape.equals(other.shape) && data.mismatch(other.data) == -1;
    }

    /// Number of elements.
    public long elementCount() {
        return shape.elementCount();
    }

    @Override
    public DenseTensor decode() {
        return this;
    }

    @Override
    public long byteSize() {
        return data.byteSize();
    }

    @Override
    public MemorySegment piece(long from, int count, MemorySegment buffer) {
        return data.asSlice(from, count);
    }

    /// Reads the bits of `count` elements from element `from` on into `out`, zero-extended.
    ///
    /// @throws IllegalArgumentException if the type is wider than 64 bits
    public void readBits(long from, int count, long[] out) {
        readBits(from, count, -1L, out);
    }

    /// The same with only those bits of each element that `mask` has. By way of an array: reading memory
    /// element by element is several times slower until the optimizing compiler has been at the loop, in
    /// short commands never.
    void readBits(long from, int count, long mask, long[] out) {
        // Each width has a method of its own: what is never called is never compiled with what is. Loops are apart from
        // copying for the same reason.
        switch (type.bits()) {
            case 64 -> readLongs(from, count, mask, out);
            case 32 -> readPairs(from, count, mask & 0xFFFF_FFFFL, out);
            case 16 -> readShorts(from, count, mask & 0xFFFFL, out);
            case 8 -> readBytes(from, count, mask & 0xFFL, out);
            case 2, 4 -> readParts(from, count, mask & ((1L << type.bits()) - 1), out);
            case 6 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = packedBits(from + i) & mask;
                }
            }
            default -> throw new IllegalArgumentException("elements of type " + type + " have no 64-bit form");
        }
    }

    private void readLongs(long from, int count, long mask, long[] out) {
        MemorySegment.copy(data, LONG, from * 8, out, 0, count);
        for (int i = 0; mask != -1 && i < count; i++) {
            out[i] &= mask;
        }
    }

    private void readShorts(long from, int count, long mask, long[] out) {
        short[] block = new short[count];
        MemorySegment.copy(data, SHORT, from * 2, block, 0, count);
        for (int i = 0; i < count; i++) {
            out[i] = block[i] & mask;
        }
    }

    private void readBytes(long from, int count, long mask, long[] out) {
        byte[] block = new byte[count];
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, from, block, 0, count);
        for (int i = 0; i < count; i++) {
            out[i] = block[i] & mask;
        }
    }

    /// Several elements in a byte.
    private void readParts(long from, int count, long mask, long[] out) {
        int perByte = 8 / type.bits();
        for (int i = 0; i < count; i++) {
            long index = from + i;
            int shift = (int) (index % perByte) * type.bits();
            out[i] = (data.get(ValueLayout.JAVA_BYTE, index / perByte) >>> shift) & mask;
        }
    }

    /// Two of 32 bits at a time, which are brought into the back of the array and taken apart from there: no pair is
    /// overwritten before it is read.
    private void readPairs(long from, int count, long mask, long[] out) {
        int pairs = count / 2;
        int back = count - pairs;
        MemorySegment.copy(data, LONG, from * 4, out, back, pairs);
        splitPairs(pairs, back, mask, out);
        if (count % 2 != 0) {
            out[count - 1] = data.get(INT, (from + count - 1) * 4) & mask;
        }
    }

    private static void splitPairs(int pairs, int back, long mask, long[] out) {
        for (int i = 0; i < pairs; i++) {
            long pair = out[back + i];
            out[2 * i] = pair & mask;
            out[2 * i + 1] = (pair >>> 32) & mask;
        }
    }

    /// Writes `count` elements from element `from` on, for the code that makes a new tensor.
    ///
    /// @throws IllegalArgumentException if the type is wider than 64 bits
    void writeBits(long from, int count, long[] bits) {
        // Each width has a method of its own, as for reading.
        switch (type.bits()) {
            case 64 -> MemorySegment.copy(bits, 0, data, LONG, from * 8, count);
            case 32 -> writeInts(from, count, bits);
            case 16 -> writeShorts(from, count, bits);
            case 8 -> writeBytes(from, count, bits);
            case 2, 4, 6 -> {
                for (int i = 0; i < count; i++) {
                    setPackedBits(from + i, bits[i]);
                }
            }
            default -> throw new IllegalArgumentException("elements of type " + type + " are not written");
        }
    }

    private void writeInts(long from, int count, long[] bits) {
        int[] block = new int[count];
        narrow(bits, block);
        MemorySegment.copy(block, 0, data, INT, from * 4, count);
    }

    private static void narrow(long[] bits, int[] block) {
        for (int i = 0; i < block.length; i++) {
            block[i] = (int) bits[i];
        }
    }

    private void writeShorts(long from, int count, long[] bits) {
        short[] block = new short[count];
        narrow(bits, block);
        MemorySegment.copy(block, 0, data, SHORT, from * 2, count);
    }

    private static void narrow(long[] bits, short[] block) {
        for (int i = 0; i < block.length; i++) {
            block[i] = (short) bits[i];
        }
    }

    private void writeBytes(long from, int count, long[] bits) {
        byte[] block = new byte[count];
        narrow(bits, block);
        MemorySegment.copy(block, 0, data, ValueLayout.JAVA_BYTE, from, count);
    }

    private static void narrow(long[] bits, byte[] block) {
        for (int i = 0; i < block.length; i++) {
            block[i] = (byte) bits[i];
        }
    }

    private void setPackedBits(long index, long bits) {
        long bit = index * type.bits();
        int shift = (int) (bit & 7);
        long cleared = ~(((1L << type.bits()) - 1) << shift);
        long shifted = (bits & ((1L << type.bits()) - 1)) << shift;
        for (int at = 0; at * 8 < shift + type.bits(); at++) {
            long old = data.get(ValueLayout.JAVA_BYTE, (bit >>> 3) + at) & 0xFFL;
            long now = (old & (cleared >>> (8 * at))) | (shifted >>> (8 * at));
            data.set(ValueLayout.JAVA_BYTE, (bit >>> 3) + at, (byte) now);
        }
    }

    /// Writes elements of a tensor of the same type into this one, for the code that makes a new tensor.
    ///
    /// @param from the first element of `source`
    /// @param to the first element here
    public void copy(DenseTensor source, long from, long to, long count) {
        long[] block = new long[(int) Math.min(BLOCK, count)];
        for (long done = 0; done < count; done += block.length) {
            int here = (int) Math.min(block.length, count - done);
            source.readBits(from + done, here, block);
            writeBits(to + done, here, block);
        }
    }

    /// The bits of one element, zero-extended.
    ///
    /// @throws IllegalArgumentException if the type is wider than 64 bits
    public long bitsAt(long index) {
        return switch (type.bits()) {
            case 64 -> data.get(LONG, index * 8);
            case 32 -> data.get(INT, index * 4) & 0xFFFF_FFFFL;
            case 16 -> data.get(SHORT, index * 2) & 0xFFFFL;
            case 8 -> data.get(ValueLayout.JAVA_BYTE, index) & 0xFFL;
            case 2, 4, 6 -> packedBits(index);
            default -> throw new IllegalArgumentException("elements of type " + type + " have no 64-bit form");
        };
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

    /// Writes one element. Those of less than 8 bits share bytes with their neighbours: not for several threads.
    ///
    /// @throws IllegalArgumentException if the type is wider than 64 bits
    void setBits(long index, long bits) {
        switch (type.bits()) {
            case 64 -> data.set(LONG, index * 8, bits);
            case 32 -> data.set(INT, index * 4, (int) bits);
            case 16 -> data.set(SHORT, index * 2, (short) bits);
            case 8 -> data.set(ValueLayout.JAVA_BYTE, index, (byte) bits);
            case 2, 4, 6 -> setPackedBits(index, bits);
            default -> throw new IllegalArgumentException("elements of type " + type + " are not written");
        }
    }

    /// The matrix the other way round.
    ///
    /// @throws IllegalArgumentException if it is none, or its type is not 8, 16, 32 or 64 bits wide
    public DenseTensor transposed() {
        if (shape.rank() != 2) {
            throw new IllegalArgumentException("not a matrix: " + shape);
        }
        long rows = shape.dim(0);
        long columns = shape.dim(1);
        DenseTensor transposed = zeros(type, Shape.of(columns, rows));
        for (long row = 0; row < rows; row++) {
            for (long column = 0; column < columns; column++) {
                transposed.setBits(column * rows + row, bitsAt(row * columns + column));
            }
        }
        return transposed;
    }
}
