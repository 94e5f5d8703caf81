package dev.espalier.run.data;

import dev.espalier.sparse.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Elements in memory, little-endian, as numbers of Java's and back.
final class Elements {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private Elements() {}

    /// Whether elements of this type can be read and written here.
    static boolean handles(ElementType type) {
        return (type.isInteger() && type.bits() >= Byte.SIZE) || isFloat(type);
    }

    static boolean isFloat(ElementType type) {
        return switch (type) {
            case F32, F64, F16, BF16 -> true;
            default -> false;
        };
    }

    /// Reads floats or integers; integers above 2^53 are rounded.
    static void read(ElementType type, MemorySegment from, double[] to) {
        switch (type) {
            case F32 -> {
                for (int i = 0; i < to.length; i++) {
                    to[i] = from.get(FLOAT, i * 4L);
                }
            }
            case F64 -> MemorySegment.copy(from, DOUBLE, 0, to, 0, to.length);
            case F16 -> {
                for (int i = 0; i < to.length; i++) {
                    to[i] = Float.float16ToFloat(from.get(SHORT, i * 2L));
                }
            }
            case BF16 -> {
                for (int i = 0; i < to.length; i++) {
                    to[i] = Float.intBitsToFloat(from.get(SHORT, i * 2L) << 16);
                }
            }
            case U8 -> {
                for (int i = 0; i < to.length; i++) {
                    to[i] = from.get(BYTE, i) & 0xFF;
                }
            }
            case U64 -> {
                for (int i = 0; i < to.length; i++) {
                    long bits = from.get(LONG, i * 8L);
                    to[i] = bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
                }
            }
            default -> {
                for (int i = 0; i < to.length; i++) {
                    to[i] = integer(type, from, i);
                }
            }
        }
    }

    /// Reads integers; those of u64 from 2^63 on come out negative.
    static void read(ElementType type, MemorySegment from, long[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] = integer(type, from, i);
        }
    }

    private static long integer(ElementType type, MemorySegment from, int i) {
        return switch (type) {
            case I8 -> from.get(BYTE, i);
            case U8, BOOL -> from.get(BYTE, i) & 0xFF;
            case I16 -> from.get(SHORT, i * 2L);
            case U16 -> from.get(SHORT, i * 2L) & 0xFFFF;
            case I32 -> from.get(INT, i * 4L);
            case U32 -> from.get(INT, i * 4L) & 0xFFFF_FFFFL;
            case I64, U64 -> from.get(LONG, i * 8L);
            default -> throw new IllegalArgumentException(type + " is no integer");
        };
    }

    /// Writes floats, each rounded to the nearest of its type.
    static void write(ElementType type, double[] from, MemorySegment to) {
        switch (type) {
            case F32 -> {
                for (int i = 0; i < from.length; i++) {
                    to.set(FLOAT, i * 4L, (float) from[i]);
                }
            }
            case F64 -> MemorySegment.copy(from, 0, to, DOUBLE, 0, from.length);
            case F16 -> {
                for (int i = 0; i < from.length; i++) {
                    to.set(SHORT, i * 2L, Float.floatToFloat16((float) from[i]));
                }
            }
            case BF16 -> {
                for (int i = 0; i < from.length; i++) {
                    to.set(SHORT, i * 2L, bf16((float) from[i]));
                }
            }
            default -> throw new IllegalArgumentException(type + " is no float");
        }
    }

    private static short bf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >> 16) | 0x40);
        }
        return (short) ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// Writes integers.
    ///
    /// @return the index of the first that the type cannot hold; -1 if it holds all
    static int write(ElementType type, long[] from, MemorySegment to) {
        for (int i = 0; i < from.length; i++) {
            long value = from[i];
            if (!holds(type, value)) {
                return i;
            }
            switch (type.bits()) {
                case 8 -> to.set(BYTE, i, (byte) value);
                case 16 -> to.set(SHORT, i * 2L, (short) value);
                case 32 -> to.set(INT, i * 4L, (int) value);
                default -> to.set(LONG, i * 8L, value);
            }
        }
        return -1;
    }

    private static boolean holds(ElementType type, long value) {
        return switch (type) {
            case I8 -> value == (byte) value;
            case U8 -> value == (value & 0xFF);
            case BOOL -> value == (value & 1);
            case I16 -> value == (short) value;
            case U16 -> value == (value & 0xFFFF);
            case I32 -> value == (int) value;
            case U32 -> value == (value & 0xFFFF_FFFFL);
            case I64 -> true;
            case U64 -> value >= 0;
            default -> throw new IllegalArgumentException(type + " is no integer");
        };
    }
}
