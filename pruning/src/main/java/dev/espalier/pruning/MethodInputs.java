package dev.espalier.pruning;

import java.util.Optional;
import java.util.OptionalDouble;

/// What methods are given beside the weights.
///
/// @param threshold a magnitude
/// @param scores importance of each element
/// @param masks which elements stay
public record MethodInputs(OptionalDouble threshold, Optional<GivenTensors> scores, Optional<GivenTensors> masks) {
    /// Nothing.
    public static final MethodInputs NONE =
            new MethodInputs(OptionalDouble.empty(), Optional.empty(), Optional.empty());
}
