package dev.espalier.run.calibrate;

import dev.espalier.sparse.DenseTensor;

/// Floats with a shape.
final class Tensor {
    private final long[] shape;
    private final float[] values;

    Tensor(long[] shape, float[] values) {
        this.shape = shape;
        this.values = values;
    }

    static Tensor of(DenseTensor tensor) {
        float[] values = new float[(int) tensor.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat((int) tensor.bitsAt(i));
        }
        return new Tensor(tensor.shape().dims(), values);
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
