package dev.espalier.pruning;

import dev.espalier.sparse.EmptyRows;
import dev.espalier.sparse.Mask;

/// Outputs and inputs of a weight whose elements are all zero: rows and columns of its matrix, of a convolution filters
/// and input channels over all kernel positions. Inputs are those that the weight stores: a Conv in groups has those of
/// one group, each shared by all groups.
///
/// @param outputs how many it has; 0 if which axes they are is not known
/// @param emptyOutputs of them without an element that is not zero
/// @param inputs how many it has
/// @param emptyInputs of them without an element that is not zero
/// @param reason why the axes are not known; empty if they are
public record EmptySlices(long outputs, long emptyOutputs, long inputs, long emptyInputs, String reason) {
    /// Looks at a weight.
    public static EmptySlices of(Weight weight) {
        return WeightLayout.of(weight)
                .map(layout -> of(weight.nonZeros(), layout), reason -> new EmptySlices(0, 0, 0, 0, reason));
    }

    private static EmptySlices of(Mask nonZeros, WeightLayout layout) {
        return new EmptySlices(
                layout.outputs().rows(),
                EmptyRows.count(nonZeros, layout.outputs()),
                layout.inputs().rows(),
                EmptyRows.count(nonZeros, layout.inputs()),
                "");
    }
}
