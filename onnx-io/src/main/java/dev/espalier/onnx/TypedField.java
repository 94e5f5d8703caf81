package dev.espalier.onnx;

import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;

/// The fields of TensorProto that hold elements by type instead of as bytes: float_data, double_data, int64_data,
/// uint64_data, and int32_data for everything small.
final class TypedField {
    private static final int BLOCK = 4096;

    private TypedField() {}

    /// How many entries the field for this type has.
    static long count(TensorProto proto, ElementType type) {
        return switch (type) {
            case F32, C64 -> proto.getFloatDataCount();
            case F64, C128 -> proto.getDoubleDataCount();
            case I64 -> proto.getInt64DataCount();
            case U32, U64 -> proto.getUint64DataCount();
            default -> proto.getInt32DataCount();
        };
    }

    /// How many entries so many elements take.
    static long expected(ElementType type, long elements) {
        return switch (type) {
            case C64, C128 -> 2 * elements;
            // Packed: an entry holds one byte.
            case I4, U4, F4E2M1, I2, U2 -> type.byteCount(elements);
            default -> elements;
        };
    }

    /// The elements in our layout.
    static DenseTensor decode(TensorProto proto, ElementType type, Shape shape) {
        int count = Math.toIntExact(count(proto, type));
        long[] bits = new long[count];
        for (int i = 0; i < count; i++) {
            bits[i] = switch (type) {
                case F32, C64 -> Float.floatToRawIntBits(proto.getFloatData(i));
                case F64, C128 -> Double.doubleToRawLongBits(proto.getDoubleData(i));
                case I64 -> proto.getInt64Data(i);
                case U32, U64 -> proto.getUint64Data(i);
                default -> proto.getInt32Data(i);
            };
        }
        return switch (type) {
            case I4, U4, F4E2M1, I2, U2 ->
                relabel(DenseTensor.ofBits(ElementType.U8, Shape.of(count), bits), type, shape);
            case F6E2M3, F6E3M2 -> relabel(packSixBits(bits, shape), type, shape);
            case C64 -> relabel(DenseTensor.ofBits(ElementType.F32, Shape.of(count), bits), type, shape);
            case C128 -> relabel(DenseTensor.ofBits(ElementType.F64, Shape.of(count), bits), type, shape);
            default -> DenseTensor.ofBits(type, shape, bits);
        };
    }

    private static DenseTensor relabel(DenseTensor bytes, ElementType type, Shape shape) {
        return new DenseTensor(type, shape, bytes.data());
    }

    /// Elements of 6 bits one after the other, from the low bit of the first byte up.
    private static DenseTensor packSixBits(long[] elements, Shape shape) {
        long[] bytes = new long[Math.toIntExact(ElementType.F6E2M3.byteCount(shape.elementCount()))];
        for (int i = 0; i < elements.length; i++) {
            long bit = 6L * i;
            long shifted = (elements[i] & 0x3F) << (bit & 7);
            int at = (int) (bit >>> 3);
            bytes[at] |= shifted & 0xFF;
            if (shifted > 0xFF) {
                bytes[at + 1] |= shifted >>> 8;
            }
        }
        return DenseTensor.ofBits(ElementType.U8, Shape.of(bytes.length), bytes);
    }

    /// Writes the elements into the field for their type.
    static void write(DenseTensor tensor, TensorProto.Builder to) {
        long[] block = new long[BLOCK];
        for (long from = 0; from < tensor.elementCount(); from += BLOCK) {
            int count = (int) Math.min(BLOCK, tensor.elementCount() - from);
            tensor.readBits(from, count, block);
            write(tensor.type(), block, count, to);
        }
    }

    private static void write(ElementType type, long[] bits, int count, TensorProto.Builder to) {
        switch (type) {
            case F32 -> {
                for (int i = 0; i < count; i++) {
                    to.addFloatData(Float.intBitsToFloat((int) bits[i]));
                }
            }
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    to.addDoubleData(Double.longBitsToDouble(bits[i]));
                }
            }
            case I64 -> {
                for (int i = 0; i < count; i++) {
                    to.addInt64Data(bits[i]);
                }
            }
            case U32, U64 -> {
                for (int i = 0; i < count; i++) {
                    to.addUint64Data(bits[i]);
                }
            }
            case I16 -> {
                // The field has their values, not their bits: negative ones are so there too.
                for (int i = 0; i < count; i++) {
                    to.addInt32Data((short) bits[i]);
                }
            }
            case I32, U16, F16, BF16 -> {
                for (int i = 0; i < count; i++) {
                    to.addInt32Data((int) bits[i]);
                }
            }
            default -> throw new IllegalArgumentException(type + " is written to raw_data");
        }
    }
}
