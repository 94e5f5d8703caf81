package dev.espalier.sparse;

import org.jspecify.annotations.Nullable;

/// Scores by magnitude: |value|, in real units where the weight is quantized. NaN and infinities are
/// never pruned. The scores of `f16`, `bf16` and `f32` weights are the bits of a `float`; `f64` ones
/// and all that may have a scale need a `double` to be exact, and so does every weight that is compared
/// with one of those.
public final class Magnitudes implements Scores {
    private final DenseTensor tensor;
    private final Quantization quantization;
    private final int bits;
    /// Counted on the way of who looks at all of them: reading them once more takes longer.
    private @Nullable Census census;

    private Magnitudes(DenseTensor tensor, Quantization quantization, int bits) {
        this.tensor = tensor;
        this.quantization = quantization;
        this.bits = bits;
    }

    /// @param bits 31 or 63, at least [#exactBits]
    /// @throws IllegalArgumentException if the type has no magnitudes ([#supports])
    public static Magnitudes of(DenseTensor tensor, Quantization quantization, int bits) {
        if (!supports(tensor.type()) || bits < exactBits(tensor.type())) {
            throw new IllegalArgumentException("no magnitudes of " + bits + " bits for " + tensor.type());
        }
        return new Magnitudes(tensor, quantization, bits);
    }

    /// Whether elements of this type can be ranked and pruned.
    public static boolean supports(ElementType type) {
        return switch (type) {
            case F32, F64, F16, BF16 -> true;
            default -> SmallNumbers.has(type);
        };
    }

    /// The fewest bits that rank elements of this type exactly.
    public static int exactBits(ElementType type) {
        return switch (type) {
            case F32, F16, BF16 -> 31;
            default -> 63;
        };
    }

    /// How many elements are zero, and how many must never be.
    public record Census(long zeros, long unprunable) {}

    /// Counts the elements of a tensor.
    ///
    /// @throws IllegalArgumentException if the type has no magnitudes ([#supports])
    public static Census census(DenseTensor tensor, Quantization quantization) {
        return of(tensor, quantization, exactBits(tensor.type())).census();
    }

    /// How many are zero, and how many must never be. Where somebody has looked at all of them in order, that is known.
    public Census census() {
        Census known = census;
        return known == null ? counting((from, count, scores) -> {}) : known;
    }

    @Override
    public void forEachBlock(long from, long to, int stride, Block block) {
        if (from == 0 && to == count() && stride == 1) {
            census = counting(block);
        } else {
            Scores.super.forEachBlock(from, to, stride, block);
        }
    }

    private Census counting(Block block) {
        long most = Scores.never(bits) - 1;
        long[] found = new long[2];
        Scores.super.forEachBlock(0, count(), 1, (from, count, scores) -> {
            count(count, scores, most, found);
            block.take(from, count, scores);
        });
        return new Census(found[0], found[1]);
    }

    /// By the sign of a difference: several at a time in the processor's vectors, and no branch where there are none.
    private static void count(int count, long[] scores, long most, long[] found) {
        long zeros = 0;
        long unprunable = 0;
        for (int i = 0; i < count; i++) {
            zeros += (scores[i] - 1) >>> 63;
            unprunable += (most - scores[i]) >>> 63;
        }
        found[0] += zeros;
        found[1] += unprunable;
    }

    @Override
    public int bits() {
        return bits;
    }

    @Override
    public long count() {
        return tensor.elementCount();
    }

    @Override
    public void read(long from, int count, long[] out) {
        // Of a float, all but the sign.
        tensor.readBits(from, count, tensor.type().zeroTestMask(), out);
        switch (tensor.type()) {
            case F32, F64 -> {}
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] <<= 16;
                }
            }
            case F16 -> widenHalves(count, out);
            default -> readQuantized(from, count, out);
        }
        if (bits == 63 && exactBits(tensor.type()) == 31) {
            widenFloats(count, out);
        }
    }

    private static void widenHalves(int count, long[] out) {
        for (int i = 0; i < count; i++) {
            out[i] = Float.floatToRawIntBits(Float.float16ToFloat((short) out[i]));
        }
    }

    private static void widenFloats(int count, long[] out) {
        for (int i = 0; i < count; i++) {
            out[i] = Double.doubleToRawLongBits(Float.intBitsToFloat((int) out[i]));
        }
    }

    private void readQuantized(long from, int count, long[] out) {
        double[] numbers = SmallNumbers.of(tensor.type());
        int step = quantization.step();
        int i = 0;
        while (i < count) {
            int place = quantization.placeOf(from + i);
            int end = (int) Math.min(count, i + quantization.runAt(from + i));
            for (; i < end; i++, place += step) {
                double distance = numbers[(int) out[i]] - numbers[(int) quantization.zero(place)];
                out[i] = Double.doubleToRawLongBits(Math.abs(distance * quantization.scale(place)));
            }
        }
    }
}
