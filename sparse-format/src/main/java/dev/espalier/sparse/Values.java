package dev.espalier.sparse;

/// The numbers that elements stand for, as `double`, which holds each exactly but for the rounding of `scale * step`.
final class Values {
    private static final int BLOCK = 4096;

    private final DenseTensor tensor;
    private final Quantization quantization;
    private final long[] bits = new long[BLOCK];

    /// @throws IllegalArgumentException if the type has no magnitudes ([Magnitudes#supports])
    Values(DenseTensor tensor, Quantization quantization) {
        if (!Magnitudes.supports(tensor.type())) {
            throw new IllegalArgumentException("no values of " + tensor.type());
        }
        this.tensor = tensor;
        this.quantization = quantization;
    }

    /// Reads `count` elements, at most 4096, from element `from` on. Not for several threads.
    void read(long from, int count, double[] out) {
        tensor.readBits(from, count, bits);
        for (int i = 0; i < count; i++) {
            out[i] = switch (tensor.type()) {
                case F64 -> Double.longBitsToDouble(bits[i]);
                case F32 -> Float.intBitsToFloat((int) bits[i]);
                case F16 -> Float.float16ToFloat((short) bits[i]);
                case BF16 -> Float.intBitsToFloat((int) bits[i] << 16);
                case I8 -> quantization.scaleAt(from + i) * ((byte) bits[i] - (byte) quantization.zeroAt(from + i));
                default -> quantization.scaleAt(from + i) * (bits[i] - quantization.zeroAt(from + i));
            };
        }
    }
}
