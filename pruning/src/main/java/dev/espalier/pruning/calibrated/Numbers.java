package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Elements of f32 and f16 tensors as numbers, others are not calibrated; and numbers in either precision.
final class Numbers {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Numbers() {}

    static boolean areIn(ElementType type) {
        return type == ElementType.F32 || type == ElementType.F16;
    }

    static double get(DenseTensor tensor, long index) {
        return tensor.type() == ElementType.F16
                ? Float.float16ToFloat(tensor.data().get(SHORT, 2 * index))
                : tensor.data().get(FLOAT, 4 * index);
    }

    /// Rounded to the tensor's type.
    static void set(DenseTensor tensor, long index, double value) {
        if (tensor.type() == ElementType.F16) {
            tensor.data().set(SHORT, 2 * index, Float.floatToFloat16((float) value));
        } else {
            tensor.data().set(FLOAT, 4 * index, (float) value);
        }
    }

    static double[] of(DenseTensor tensor) {
        double[] values = new double[(int) tensor.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = get(tensor, i);
        }
        return values;
    }

    static DenseTensor tensor(ElementType type, Shape shape, double[] values) {
        DenseTensor tensor = DenseTensor.zeros(type, shape);
        for (int i = 0; i < values.length; i++) {
            set(tensor, i, values[i]);
        }
        return tensor;
    }

    /// In single precision.
    static float[] narrowed(double[] values) {
        float[] narrow = new float[values.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
    }

    /// In double precision.
    static double[] widened(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }
}
