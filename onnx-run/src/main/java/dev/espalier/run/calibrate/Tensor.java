package dev.espalier.run.calibrate;

import dev.espalier.sparse.DenseTensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Floats with a shape, on the heap.
final class Tensor {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final long[] shape;
    private final float[] values;

    Tensor(long[] shape, float[] values) {
        this.shape = shape;
        this.values = values;
    }

    /// @throws IllegalArgumentException if it is not of f32 or f16
    static Tensor of(DenseTensor tensor) {
        return new Tensor(
                tensor.shape().dims(),
                switch (tensor.type()) {
                    case F32 -> tensor.data().toArray(FLOAT);
                    case F16 -> widened(tensor.data().toArray(SHORT));
                    default -> throw new IllegalArgumentException("activations of type " + tensor.type());
                });
    }

    private static float[] widened(short[] halves) {
        float[] values = new float[halves.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.float16ToFloat(halves[i]);
        }
        return values;
    }

    int rank() {
        return shape.length;
    }

    int dim(int axis) {
        return (int) shape[axis];
    }

    float[] values() {
        return values;
    }

    /// Product of the sizes from an axis on.
    int sizeFrom(int axis) {
        int size = 1;
        for (int i = axis; i < shape.length; i++) {
            size *= dim(i);
        }
        return size;
    }
}
