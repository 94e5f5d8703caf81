package dev.espalier.run;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The slices of a tensor, along each axis, that are one number throughout.
final class UniformSlices {
    private static final Set<OnnxJavaType> NUMBERS = Set.of(
            OnnxJavaType.FLOAT,
            OnnxJavaType.DOUBLE,
            OnnxJavaType.FLOAT16,
            OnnxJavaType.INT8,
            OnnxJavaType.UINT8,
            OnnxJavaType.INT32,
            OnnxJavaType.INT64,
            OnnxJavaType.BOOL);

    private UniformSlices() {}

    /// For each index of each axis the number; NaN where there are several. Null if the elements are no numbers.
    static double @Nullable [][] of(OnnxTensor tensor) {
        if (!NUMBERS.contains(tensor.getInfo().type)) {
            return null;
        }
        long[] shape = tensor.getInfo().getShape();
        double[] elements = Output.Numbers.of(tensor).doubles();
        double[][] uniform = new double[shape.length][];
        int inner = elements.length;
        for (int axis = 0; axis < shape.length; axis++) {
            int size = (int) shape[axis];
            inner = size == 0 ? 0 : inner / size;
            uniform[axis] = along(elements, size, inner);
        }
        return uniform;
    }

    private static double[] along(double[] elements, int size, int inner) {
        double[] uniform = new double[size];
        if (elements.length == 0) {
            Arrays.fill(uniform, Double.NaN);
            return uniform;
        }
        for (int index = 0; index < size; index++) {
            uniform[index] = elements[index * inner];
        }
        for (int from = 0; from < elements.length; from += inner) {
            int index = from / inner % size;
            for (int i = from; i < from + inner && !Double.isNaN(uniform[index]); i++) {
                uniform[index] = elements[i] == uniform[index] ? uniform[index] : Double.NaN;
            }
        }
        return uniform;
    }
}
