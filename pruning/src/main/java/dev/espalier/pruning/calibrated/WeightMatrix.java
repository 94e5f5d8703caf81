package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;

/// A weight seen as a matrix of outputs x inputs, whichever of the two is stored first.
///
/// @param shape of the tensor
/// @param outputs rows of the matrix
/// @param inputs columns
/// @param inputsFirst whether the tensor has the inputs as rows
/// @param batches how many such matrices the tensor is, each with its own outputs, one after the other
public record WeightMatrix(Shape shape, int outputs, int inputs, boolean inputsFirst, int batches) {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// A single matrix.
    public WeightMatrix(Shape shape, int outputs, int inputs, boolean inputsFirst) {
        this(shape, outputs, inputs, inputsFirst, 1);
    }

    /// Where in the tensor an element of the matrix is.
    ///
    /// @param place of the element in the matrix, row-major
    int index(int place) {
        return inputsFirst ? first(place / inputs) + place % inputs * (outputs / batches) : place;
    }

    /// Where in the tensor a row of the matrix begins.
    private int first(int row) {
        int perBatch = outputs / batches;
        return inputsFirst ? row / perBatch * inputs * perBatch + row % perBatch : row * inputs;
    }

    /// What is said of each index of the axis that is summed over, said of each input.
    ///
    /// @param ofIndices as many as that axis has, which is the second of a Conv's weight
    public int[] ofInputs(int[] ofIndices) {
        int perIndex = inputs / ofIndices.length;
        int[] all = new int[inputs];
        Arrays.setAll(all, j -> ofIndices[j / perIndex]);
        return all;
    }

    private interface Pair {
        void at(int place, int index);
    }

    /// Goes through the elements: where each is in the matrix, row-major, and where in the tensor.
    private void forEach(Pair pair) {
        IntStream.range(0, outputs).parallel().forEach(row -> {
            int step = inputsFirst ? outputs / batches : 1;
            int index = first(row);
            for (int place = row * inputs; place < (row + 1) * inputs; place++, index += step) {
                pair.at(place, index);
            }
        });
    }

    /// The elements of a tensor, row-major.
    public double[] read(DenseTensor tensor) {
        double[] matrix = new double[outputs * inputs];
        forEach((place, index) -> matrix[place] = Numbers.get(tensor, index));
        return matrix;
    }

    /// A tensor of these elements.
    ///
    /// @param matrix row-major, with `stride` elements in a row, of which the first are taken
    /// @param type to which they are rounded
    public DenseTensor write(double[] matrix, int stride, ElementType type) {
        DenseTensor tensor = DenseTensor.zeros(type, shape);
        int more = stride - inputs;
        forEach((place, index) -> Numbers.set(tensor, index, matrix[place + place / inputs * more]));
        return tensor;
    }

    /// On the heap: it is made and dropped very often.
    DenseTensor write(float[] matrix) {
        DenseTensor tensor = new DenseTensor(ElementType.F32, shape, MemorySegment.ofArray(new float[matrix.length]));
        forEach((place, index) -> tensor.data().set(FLOAT, 4L * index, matrix[place]));
        return tensor;
    }

    boolean[] read(Mask mask) {
        boolean[] kept = new boolean[outputs * inputs];
        forEach((place, index) -> kept[place] = mask.isKept(index));
        return kept;
    }

    /// The mask over the tensor.
    ///
    /// @param kept which elements of the matrix stay, row-major
    public Mask mask(boolean[] kept) {
        DenseTensor bytes = DenseTensor.zeros(ElementType.U8, shape);
        forEach((place, index) -> bytes.data().set(ValueLayout.JAVA_BYTE, index, (byte) (kept[place] ? 1 : 0)));
        return Mask.ofNonZeros(bytes, Quantization.NONE);
    }
}
