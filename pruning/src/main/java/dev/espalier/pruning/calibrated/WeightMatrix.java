package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A weight of f32 seen as a matrix of outputs x inputs, whichever of the two is stored first.
///
/// @param shape of the tensor
/// @param outputs rows of the matrix
/// @param inputs columns
/// @param inputsFirst whether the tensor has the inputs as rows
public record WeightMatrix(Shape shape, int outputs, int inputs, boolean inputsFirst) {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Where in the tensor an element of the matrix is.
    ///
    /// @param place of the element in the matrix, row-major
    private int index(int place) {
        return inputsFirst ? place % inputs * outputs + place / inputs : place;
    }

    /// The elements of a tensor, row-major.
    public double[] read(DenseTensor tensor) {
        double[] matrix = new double[outputs * inputs];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = tensor.data().get(FLOAT, 4L * index(i));
        }
        return matrix;
    }

    /// A tensor of these elements.
    ///
    /// @param matrix row-major, with `stride` elements in a row, of which the first are taken
    public DenseTensor write(double[] matrix, int stride) {
        DenseTensor tensor = DenseTensor.zeros(ElementType.F32, shape);
        for (int i = 0; i < outputs * inputs; i++) {
            tensor.data().set(FLOAT, 4L * index(i), (float) matrix[i / inputs * stride + i % inputs]);
        }
        return tensor;
    }

    DenseTensor write(float[] matrix) {
        DenseTensor tensor = DenseTensor.zeros(ElementType.F32, shape);
        for (int i = 0; i < matrix.length; i++) {
            tensor.data().set(FLOAT, 4L * index(i), matrix[i]);
        }
        return tensor;
    }

    boolean[] read(Mask mask) {
        boolean[] kept = new boolean[outputs * inputs];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = mask.isKept(index(i));
        }
        return kept;
    }

    /// The mask over the tensor.
    ///
    /// @param kept which elements of the matrix stay, row-major
    public Mask mask(boolean[] kept) {
        DenseTensor bytes = DenseTensor.zeros(ElementType.U8, shape);
        for (int i = 0; i < kept.length; i++) {
            bytes.data().set(ValueLayout.JAVA_BYTE, index(i), (byte) (kept[i] ? 1 : 0));
        }
        return Mask.ofNonZeros(bytes, Quantization.NONE);
    }
}
