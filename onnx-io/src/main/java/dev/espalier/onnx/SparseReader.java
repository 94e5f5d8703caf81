package dev.espalier.onnx;

import dev.espalier.onnx.proto.SparseTensorProto;
import dev.espalier.sparse.CooTensor;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// SparseTensorProto to [Constant.Sparse]. Runtimes read more than the standard allows (narrow index types, any order),
/// and tools write it: what can be understood is, with a list of what is wrong.
final class SparseReader {
    private static final String HINT =
            "the tool that wrote this tensor is at fault: write it again with `prune` or from the dense model";

    private final Shape shape;
    private final String where;
    private final Constant values;
    private final Constant indices;
    private final List<String> defects = new ArrayList<>();

    SparseReader(TensorReader tensors, SparseTensorProto proto, Shape shape, String where) {
        this.shape = shape;
        this.where = where;
        this.values = tensors.read(proto.getValues());
        this.indices = tensors.read(proto.getIndices());
    }

    Constant.Sparse read() {
        long count = values.shape().elementCount();
        if (values.type().bits() < 8 || values.type().bits() > 64) {
            throw new OnnxFormatException("a sparse tensor of type " + values.type(), where, HINT);
        }
        boolean isLinear = indices.shape().rank() == 1 && indices.shape().dim(0) == count;
        boolean isByAxis = indices.shape().rank() == 2
                && indices.shape().dim(0) == count
                && indices.shape().dim(1) == shape.rank();
        if (values.shape().rank() != 1 || !(isLinear || isByAxis) || !isInteger(indices.type())) {
            throw new OnnxFormatException(
                    "a sparse tensor with values of shape " + values.shape() + " and indices of " + indices.type() + " "
                            + indices.shape(),
                    where,
                    HINT);
        }
        long[] positions = isLinear ? linear(count) : byAxis(count);
        DenseTensor stored = values.decode();
        findDefects(positions, stored);
        return new Constant.Sparse(values.type(), shape, defects, () -> tensor(positions, stored));
    }

    private static boolean isInteger(ElementType type) {
        return switch (type) {
            case I8, I16, I32, I64 -> true;
            default -> false;
        };
    }

    private long[] linear(long count) {
        DenseTensor stored = indices.decode();
        long[] positions = new long[Math.toIntExact(count)];
        for (int k = 0; k < positions.length; k++) {
            positions[k] = index(stored, k);
        }
        return positions;
    }

    private long[] byAxis(long count) {
        DenseTensor stored = indices.decode();
        long[] positions = new long[Math.toIntExact(count)];
        for (int k = 0; k < positions.length; k++) {
            long position = 0;
            for (int axis = 0; axis < shape.rank(); axis++) {
                long index = index(stored, (long) k * shape.rank() + axis);
                if (index < 0 || index >= shape.dim(axis)) {
                    position = -1;
                    break;
                }
                position = position * shape.dim(axis) + index;
            }
            positions[k] = position;
        }
        return positions;
    }

    private static long index(DenseTensor stored, long k) {
        int unused = 64 - stored.type().bits();
        return stored.bitsAt(k) << unused >> unused;
    }

    private void findDefects(long[] positions, DenseTensor stored) {
        boolean sorted = true;
        boolean repeated = false;
        boolean inRange = true;
        for (int k = 0; k < positions.length; k++) {
            inRange &= positions[k] >= 0 && positions[k] < shape.elementCount();
            sorted &= k == 0 || positions[k - 1] <= positions[k];
            repeated |= k > 0 && positions[k - 1] == positions[k];
        }
        if (!sorted) {
            long[] ordered = positions.clone();
            Arrays.sort(ordered);
            repeated = IntStream.range(1, ordered.length).anyMatch(k -> ordered[k - 1] == ordered[k]);
        }
        note(!inRange, "an index is out of range");
        note(!sorted, "indices are not in ascending order");
        note(repeated, "an index occurs twice");
        note(indices.type() != ElementType.I64, "indices are " + indices.type() + ", the standard allows i64 only");
        note(shape.rank() == 0 || shape.elementCount() == 0, "scalars and empty tensors may not be sparse");
        if (stored.type().isCountable()) {
            long zeros = Mask.ofBitsOtherThanZero(stored, Quantization.NONE).zeroCount();
            note(zeros > 0, zeros + " of its " + positions.length + " stored values are zero");
        }
    }

    private static boolean isAscending(long[] positions) {
        for (int k = 1; k < positions.length; k++) {
            if (positions[k - 1] >= positions[k]) {
                return false;
            }
        }
        return true;
    }

    private void note(boolean wrong, String defect) {
        if (wrong) {
            defects.add(defect);
        }
    }

    private CooTensor tensor(long[] positions, DenseTensor stored) {
        for (long position : positions) {
            if (position < 0 || position >= shape.elementCount()) {
                throw new OnnxFormatException("an index of a sparse tensor is out of range", where, HINT);
            }
        }
        if (isAscending(positions)) {
            return CooTensor.of(shape, positions, stored);
        }
        // A stable sort, so that of two values at one position the later one wins, as in ONNX Runtime.
        int[] order = IntStream.range(0, positions.length)
                .boxed()
                .sorted((a, b) -> Long.compare(positions[a], positions[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        long[] ascending = new long[order.length];
        long[] bits = new long[order.length];
        int count = 0;
        for (int k : order) {
            if (count > 0 && ascending[count - 1] == positions[k]) {
                count--;
            }
            ascending[count] = positions[k];
            bits[count++] = stored.bitsAt(k);
        }
        DenseTensor kept = DenseTensor.ofBits(stored.type(), Shape.of(count), Arrays.copyOf(bits, count));
        return CooTensor.of(shape, Arrays.copyOf(ascending, count), kept);
    }
}
