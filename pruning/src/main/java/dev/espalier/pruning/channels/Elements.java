package dev.espalier.pruning.channels;

import dev.espalier.onnx.Constant;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;

/// The elements of a constant as numbers, and back.
final class Elements {
    private static final long MOST = 1L << 28;

    private Elements() {}

    static double[] of(Constant constant) {
        DenseTensor tensor = constant.decode();
        long[] bits = new long[Math.toIntExact(tensor.elementCount())];
        tensor.readBits(0, bits.length, bits);
        double[] numbers = new double[bits.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number(tensor.type(), bits[i]);
        }
        return numbers;
    }

    static double number(ElementType type, long bits) {
        return switch (type) {
            case F32 -> Float.intBitsToFloat((int) bits);
            case F64 -> Double.longBitsToDouble(bits);
            case F16 -> Float.float16ToFloat((short) bits);
            case BF16 -> Float.intBitsToFloat((int) bits << 16);
            case I8 -> (byte) bits;
            case I16 -> (short) bits;
            case I32 -> (int) bits;
            default -> bits;
        };
    }

    /// Whether a stored tensor has elements that are numbers, and not too many for an array.
    static boolean canRead(ChannelTensor tensor) {
        Constant constant = tensor.source().constant().orElseThrow();
        boolean isWide = constant.type().bits() >= 8 && constant.type().isCountable();
        return isWide && constant.shape().elementCount() <= MOST;
    }

    /// Whether numbers can be changed a little and written back.
    static boolean canWrite(ElementType type) {
        return type == ElementType.F32 || type == ElementType.F64 || type == ElementType.F16;
    }

    /// A tensor of these numbers, rounded to its type.
    static DenseTensor tensor(ElementType type, Shape shape, double... numbers) {
        long[] bits = new long[numbers.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = switch (type) {
                case F64 -> Double.doubleToRawLongBits(numbers[i]);
                case F16 -> Short.toUnsignedLong(Float.floatToFloat16((float) numbers[i]));
                default -> Float.floatToRawIntBits((float) numbers[i]);
            };
        }
        return DenseTensor.ofBits(type, shape, bits);
    }
}
