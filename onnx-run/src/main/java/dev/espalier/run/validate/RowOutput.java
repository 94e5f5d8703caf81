package dev.espalier.run.validate;

import dev.espalier.run.Output;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a model computed for one row.
///
/// @param values row-major
/// @param dims shape without the batch
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record RowOutput(double[] values, long[] dims) {
    /// Cuts an output into rows along its first axis.
    ///
    /// @param rows how many the batch has; an output with another first axis is one row
    static List<RowOutput> of(Output.Numbers output, int rows) {
        double[] all = output.doubles();
        long[] shape = output.shape();
        if (shape.length == 0 || shape[0] != rows) {
            return List.of(new RowOutput(all, shape));
        }
        int size = rows == 0 ? 0 : all.length / rows;
        long[] dims = Arrays.copyOfRange(shape, 1, shape.length);
        List<RowOutput> cut = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            cut.add(new RowOutput(Arrays.copyOfRange(all, i * size, (i + 1) * size), dims));
        }
        return cut;
    }

    boolean hasNaN() {
        return Arrays.stream(values).anyMatch(Double::isNaN);
    }

    /// The place of the largest value, the first of equal ones; -1 if one is NaN.
    int argMax() {
        int best = 0;
        for (int i = 0; i < values.length; i++) {
            if (Double.isNaN(values[i])) {
                return -1;
            }
            best = values[i] > values[best] ? i : best;
        }
        return values.length == 0 ? -1 : best;
    }

    /// How far the largest value is above the second: the distance to the decision boundary, in the output's unit.
    double margin() {
        double best = Double.NEGATIVE_INFINITY;
        double second = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            if (value > best) {
                second = best;
                best = value;
            } else if (value > second) {
                second = value;
            }
        }
        return values.length < 2 ? Double.NaN : best - second;
    }
}
