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
        switch (tensor.type()) {
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Double.longBitsToDouble(bits[i]);
                }
            }
            case F32 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Float.intBitsToFloat((int) bits[i]);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Float.float16ToFloat((short) bits[i]);
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Float.intBitsToFloat((int) bits[i] << 16);
                }
            }
            default -> readQuantized(from, count, out);
        }
    }

    private void readQuantized(long from, int count, double[] out) {
        double[] numbers = SmallNumbers.of(tensor.type());
        int step = quantization.step();
        int i = 0;
        while (i < count) {
            int place = quantization.placeOf(from + i);
            int end = (int) Math.min(count, i + quantization.runAt(from + i));
            for (; i < end; i++, place += step) {
                double distance = numbers[(int) bits[i]] - numbers[(int) quantization.zero(place)];
                out[i] = distance * quantization.scale(place);
            }
        }
    }
}
