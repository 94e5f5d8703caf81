package dev.espalier.pruning.channels;

import dev.espalier.onnx.Node;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import java.util.function.DoubleBinaryOperator;

/// A constant cut into slices along one axis.
final class WeightSlices {
    private static final int BLOCK = 4096;

    private final ChannelTensor tensor;
    private final int axis;
    private final int groups;
    private final boolean isWeight;

    /// @param groups in how many blocks the axis is counted on
    WeightSlices(ChannelTensor tensor, int axis, int groups, boolean isWeight) {
        this.tensor = tensor;
        this.axis = axis;
        this.groups = groups;
        this.isWeight = isWeight;
    }

    /// Whether an operator multiplies by it, as a matrix.
    boolean isWeight() {
        return isWeight;
    }

    /// Whether it is the scale of a BatchNormalization.
    boolean isBatchNormScale() {
        Node node = tensor.use().orElseThrow().node();
        return node.isOperator("BatchNormalization")
                && tensor.use().orElseThrow().index() == 1;
    }

    /// The constant's name.
    String name() {
        return tensor.source().path();
    }

    int axis() {
        return axis;
    }

    int count() {
        return Math.toIntExact(tensor.size(axis) * groups);
    }

    /// Goes through all elements: `state[slice] = step(state[slice], |element|)`.
    double[] fold(DoubleBinaryOperator step) {
        double[] state = new double[count()];
        each(tensor.source().constant().orElseThrow().decode(), (slice, values, from, to) -> {
            double folded = state[slice];
            for (int i = from; i < to; i++) {
                folded = step.applyAsDouble(folded, Math.abs(values[i]));
            }
            state[slice] = folded;
        });
        return state;
    }

    interface Element {
        void at(int slice, double value);
    }

    private interface Run {
        /// @param values of which those from `from` up to `to`, without it, are in the slice
        void at(int slice, double[] values, int from, int to);
    }

    /// Every element with the slice that it is in, in the tensor's order.
    void each(Element action) {
        each(tensor.source().constant().orElseThrow().decode(), action);
    }

    /// The same of another tensor of this shape.
    void each(DenseTensor dense, Element action) {
        each(dense, (slice, values, from, to) -> {
            for (int i = from; i < to; i++) {
                action.at(slice, values[i]);
            }
        });
    }

    private void each(DenseTensor dense, Run action) {
        long inner = 1;
        for (int i = axis + 1; i < tensor.rank(); i++) {
            inner *= tensor.size(i);
        }
        int size = Math.toIntExact(tensor.size(axis));
        long perGroup = dense.elementCount() / groups;
        long[] bits = new long[BLOCK];
        double[] values = new double[BLOCK];
        // Counting takes less time than dividing.
        long leftInRun = inner;
        long leftInGroup = perGroup;
        int first = 0;
        int slice = 0;
        for (long from = 0; from < dense.elementCount(); from += BLOCK) {
            int count = (int) Math.min(BLOCK, dense.elementCount() - from);
            dense.readBits(from, count, bits);
            for (int i = 0; i < count; i++) {
                values[i] = number(dense.type(), bits[i]);
            }
            for (int i = 0; i < count; ) {
                if (leftInGroup == 0) {
                    leftInGroup = perGroup;
                    leftInRun = inner;
                    first += size;
                    slice = first;
                } else if (leftInRun == 0) {
                    leftInRun = inner;
                    slice = slice + 1 == first + size ? first : slice + 1;
                }
                int run = (int) Math.min(count - i, Math.min(leftInRun, leftInGroup));
                action.at(slice, values, i, i + run);
                i += run;
                leftInRun -= run;
                leftInGroup -= run;
            }
        }
    }

    /// The elements of each slice.
    double[][] rows() {
        int perSlice =
                Math.toIntExact(tensor.source().constant().orElseThrow().shape().elementCount() / Math.max(1, count()));
        double[][] rows = new double[count()][perSlice];
        int[] filled = new int[rows.length];
        each((slice, value) -> rows[slice][filled[slice]++] = value);
        return rows;
    }

    private static double number(ElementType type, long bits) {
        return switch (type) {
            case F32 -> Float.intBitsToFloat((int) bits);
            case F64 -> Double.longBitsToDouble(bits);
            case F16 -> Float.float16ToFloat((short) bits);
            case BF16 -> Float.intBitsToFloat((int) bits << 16);
            case I8 -> (byte) bits;
            case I16 -> (short) bits;
            case I32 -> (int) bits;
            // Quantized without a sign: the zero point is mostly in the middle.
            case U8 -> (double) bits - 128;
            default -> bits;
        };
    }
}
