package dev.espalier.pruning;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Mask;

/// What a method made of a weight.
///
/// @param weight the weight, unchanged
/// @param nonZeros what stays
/// @param elements what the elements that stay are now; what it has in place of the others does not matter
public record PrunedWeight(Weight weight, Mask nonZeros, DenseTensor elements) {}
