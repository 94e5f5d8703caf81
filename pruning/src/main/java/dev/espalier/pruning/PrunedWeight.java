package dev.espalier.pruning;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Mask;
import java.util.function.Supplier;

/// What a method made of a weight.
///
/// @param weight the weight, unchanged
/// @param nonZeros what stays
/// @param elements the new elements, made when they are asked for, so that a model's are never all in memory
public record PrunedWeight(Weight weight, Mask nonZeros, Supplier<DenseTensor> elements) {}
