package dev.espalier.pruning;

import dev.espalier.pruning.WeightLayout.Role;
import dev.espalier.sparse.Slices;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// What the slices of a weight are.
public sealed interface SliceAxis {
    /// The axes of a weight, or why it has no such slices.
    record Found(Optional<List<Slices.Axis>> axes, String reason) {
        static Found none(String reason) {
            return new Found(Optional.empty(), reason);
        }

        <T> T map(Function<List<Slices.Axis>, T> known, Function<String, T> unknown) {
            return axes.map(known).orElseGet(() -> unknown.apply(reason));
        }
    }

    /// Those of a weight.
    Found of(Weight weight);

    /// What the axes are to the operator, wherever they are stored. Products of their own, such as the groups of a
    /// convolution, have slices of their own.
    enum Meaning implements SliceAxis {
        /// Filters, rows of the matrix.
        OUTPUTS,
        /// Input channels, columns of the matrix.
        INPUTS,
        /// What a convolution has for each output and each input.
        KERNELS;

        private boolean isAlong(Role role) {
            return switch (role) {
                case BATCH -> true;
                case OUTPUT -> this != INPUTS;
                case INPUT -> this != OUTPUTS;
                case INPUT_KERNEL, OUTPUT_KERNEL -> false;
            };
        }

        @Override
        public Found of(Weight weight) {
            return WeightLayout.of(weight).map(this::of, Found::none);
        }

        private Found of(WeightLayout layout) {
            List<Slices.Axis> axes = layout.axes().stream()
                    .map(axis -> new Slices.Axis(axis.size(), isAlong(axis.role())))
                    .toList();
            return axes.stream().allMatch(Slices.Axis::isOfSlices)
                    ? Found.none("it has no kernels of several positions")
                    : new Found(Optional.of(axes), "");
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// An axis of the tensor as it is stored (PyTorch's `dim`).
    ///
    /// @param axis from 0, or, from the last backwards, from -1
    record Numbered(int axis) implements SliceAxis {
        @Override
        public Found of(Weight weight) {
            int rank = weight.shape().rank();
            int index = axis < 0 ? axis + rank : axis;
            return index < 0 || index >= rank
                    ? Found.none("it has no axis " + axis + ", only " + rank)
                    : new Found(Optional.of(Slices.Axis.along(weight.shape(), index)), "");
        }

        @Override
        public String toString() {
            return Integer.toString(axis);
        }
    }

    /// Reads `outputs`, `inputs`, `kernels` or a number.
    static SliceAxis parse(String text) {
        return switch (text) {
            case "outputs" -> Meaning.OUTPUTS;
            case "inputs" -> Meaning.INPUTS;
            case "kernels" -> Meaning.KERNELS;
            default -> new Numbered(Integer.parseInt(text));
        };
    }
}
