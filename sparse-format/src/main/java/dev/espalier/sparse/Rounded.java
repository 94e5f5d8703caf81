package dev.espalier.sparse;

import java.util.Optional;

/// A tensor whose elements were rounded to what a [ValueForm] can tell apart, which is exactly what its decoded form
/// will have.
///
/// @param form the narrower numbers
/// @param elements the rounded tensor, in its own type; zero where it was to be
/// @param steps the same before the scales: what is stored
/// @param channels the grid whose rows have a scale each
/// @param scales [rows of the grid, 1], of the tensor's type; of [ValueForm#I8] only
/// @param loss what that changed
public record Rounded(
        ValueForm form,
        DenseTensor elements,
        DenseTensor steps,
        Grid channels,
        Optional<DenseTensor> scales,
        Loss loss) {
    private static final int LARGEST_STEP = 127;

    /// What rounding changed, over the elements that were kept, as shares of the largest magnitude.
    ///
    /// @param largest of all differences
    /// @param rms their root mean square
    public record Loss(double largest, double rms) {}

    /// A rounded tensor, or why it cannot be rounded.
    public record Result(Optional<Rounded> rounded, String reason) {}

    /// Rounds the elements that `kept` has.
    ///
    /// @param channels the grid whose rows get scales of their own
    public static Result of(DenseTensor tensor, Mask kept, ValueForm form, Grid channels) {
        if (tensor.type() != ElementType.F32 && tensor.type() != ElementType.F64) {
            return refused("values of type " + tensor.type() + " are not narrowed to " + form);
        }
        double[] largest = new double[Math.toIntExact(channels.rows())];
        double most = 0;
        for (long i = kept.nextKept(0); i >= 0; i = kept.nextKept(i + 1)) {
            double magnitude = Math.abs(real(tensor, i));
            if (!Double.isFinite(magnitude)) {
                return refused("it has NaN or infinite values");
            }
            int channel = channelOf(i, channels);
            largest[channel] = Math.max(largest[channel], magnitude);
            most = Math.max(most, magnitude);
        }
        if (form == ValueForm.F16 && Float.isInfinite(Float.float16ToFloat(Float.floatToFloat16((float) most)))) {
            return refused("its largest value, " + (float) most + ", is beyond f16");
        }
        DenseTensor scales = scales(tensor.type(), largest);
        if (form == ValueForm.I8 && !Double.isFinite(scaled(tensor.type(), LARGEST_STEP, most / LARGEST_STEP))) {
            return refused("its largest value, " + most + ", is too large to scale");
        }
        return new Result(Optional.of(of(tensor, kept, form, channels, scales, most)), "");
    }

    private static Rounded of(
            DenseTensor tensor, Mask kept, ValueForm form, Grid channels, DenseTensor scales, double most) {
        ElementType type = tensor.type();
        DenseTensor elements = DenseTensor.zeros(type, tensor.shape());
        DenseTensor steps = form == ValueForm.F16 ? elements : DenseTensor.zeros(type, tensor.shape());
        double largest = 0;
        double squares = 0;
        for (long i = kept.nextKept(0); i >= 0; i = kept.nextKept(i + 1)) {
            double value = real(tensor, i);
            double rounded;
            if (form == ValueForm.F16) {
                rounded = Float.float16ToFloat(toHalf(value));
            } else {
                double scale = real(scales, channelOf(i, channels));
                double step = Math.clamp(Math.rint(value / scale), -LARGEST_STEP, LARGEST_STEP);
                rounded = scaled(type, step, scale);
                set(steps, i, step);
            }
            // No negative zero: it is not stored.
            set(elements, i, rounded + 0.0);
            double error = Math.abs(rounded - value);
            largest = Math.max(largest, error);
            squares += error * error;
        }
        double unit = most == 0 ? 1 : most;
        Loss loss = new Loss(largest / unit, Math.sqrt(squares / Math.max(1, kept.keptCount())) / unit);
        return new Rounded(
                form, elements, steps, channels, form == ValueForm.I8 ? Optional.of(scales) : Optional.empty(), loss);
    }

    private static Result refused(String reason) {
        return new Result(Optional.empty(), reason);
    }

    private static DenseTensor scales(ElementType type, double[] largest) {
        DenseTensor scales = DenseTensor.zeros(type, Shape.of(largest.length, 1));
        double least = type == ElementType.F32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
        for (int i = 0; i < largest.length; i++) {
            set(scales, i, largest[i] == 0 ? 1 : Math.max(least, largest[i] / LARGEST_STEP));
        }
        return scales;
    }

    /// As Mul of the tensor's type has it.
    static double scaled(ElementType type, double step, double scale) {
        return type == ElementType.F32 ? (float) step * (float) scale : step * scale;
    }

    static int channelOf(long index, Grid channels) {
        return (int) (index / channels.columns() % channels.rows());
    }

    /// From double at once: by way of float it would be rounded twice.
    private static short toHalf(double value) {
        float near = (float) value;
        if (near != value && (Float.floatToRawIntBits(near) & 1) == 0) {
            // Odd in the last place stands for "a little more or less", which no tie of half precision has.
            near = Math.abs(near) < Math.abs(value)
                    ? Float.intBitsToFloat(Float.floatToRawIntBits(near) + 1)
                    : Float.intBitsToFloat(Float.floatToRawIntBits(near) - 1);
        }
        return Float.floatToFloat16(near);
    }

    /// The value of an element of an f32 or f64 tensor.
    static double real(DenseTensor tensor, long index) {
        long bits = tensor.bitsAt(index);
        return tensor.type() == ElementType.F32 ? Float.intBitsToFloat((int) bits) : Double.longBitsToDouble(bits);
    }

    /// Writes an element of an f32 or f64 tensor.
    static void set(DenseTensor tensor, long index, double value) {
        tensor.setBits(
                index,
                tensor.type() == ElementType.F32
                        ? Float.floatToRawIntBits((float) value)
                        : Double.doubleToRawLongBits(value));
    }

    /// The elements that are not zero; some may have become it.
    public Mask nonZeros() {
        return Mask.ofNonZeros(elements, Quantization.NONE);
    }
}
