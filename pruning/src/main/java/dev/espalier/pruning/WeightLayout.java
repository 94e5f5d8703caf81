package dev.espalier.pruning;

import dev.espalier.sparse.Grid;
import dev.espalier.sparse.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What the axes of a weight are to the operator that multiplies by it, as the weight is stored.
///
/// @param inputs the grid whose rows are what the operator sums over, one column for each kernel position: input
///     channels, the K axis; within one group of a grouped convolution
/// @param outputs the grid whose rows are the output channels
/// @param matrix the output x input matrix, kernel positions with the input channels; none if its axes are stored in
///     another order
/// @param inputsFirst whether the rows of that matrix are the inputs
/// @param axes in the order in which they are stored; groups of a convolution are an axis of their own
record WeightLayout(Grid inputs, Grid outputs, Optional<Grid> matrix, boolean inputsFirst, List<Axis> axes) {
    /// What an axis is to the operator.
    enum Role {
        /// One product for each: a batch of matrices, the directions of an LSTM, the groups of a convolution.
        BATCH,
        OUTPUT,
        /// Summed over.
        INPUT,
        /// A kernel position that is summed over with the inputs.
        INPUT_KERNEL,
        /// One that makes outputs of its own.
        OUTPUT_KERNEL;

        boolean isInput() {
            return this == INPUT || this == INPUT_KERNEL;
        }
    }

    /// An axis, or a part of one.
    record Axis(Role role, long size) {}

    /// A layout, or why there is none.
    record Found(Optional<WeightLayout> layout, String reason) {
        static Found of(WeightLayout layout) {
            return new Found(Optional.of(layout), "");
        }

        static Found none(String reason) {
            return new Found(Optional.empty(), reason);
        }

        <T> T map(Function<WeightLayout, T> known, Function<String, T> unknown) {
            return layout.map(known).orElseGet(() -> unknown.apply(reason));
        }
    }

    /// The grid whose rows are the output channels; where these are not known, the first axis.
    static Grid channelsOf(Weight weight) {
        return of(weight).map(WeightLayout::outputs, reason -> firstAxisOf(weight.shape()));
    }

    /// The grid whose rows are the first axis.
    static Grid firstAxisOf(Shape shape) {
        return shape.rank() == 0 ? new Grid(1, 1, 1) : Grid.along(shape, 0);
    }

    /// The layout that all operators which multiply by the weight agree on.
    static Found of(Weight weight) {
        return LayoutSearch.of(weight);
    }
}
