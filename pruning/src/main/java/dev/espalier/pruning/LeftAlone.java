package dev.espalier.pruning;

import dev.espalier.onnx.Value;
import java.util.Optional;

/// A tensor that is not pruned unless it is named, and why.
///
/// @param value the tensor
/// @param reason a clause: "bias of Conv"
/// @param ifNamed what it is as a weight when someone names it; none if it cannot be pruned at all
public record LeftAlone(Value value, String reason, Optional<Weight> ifNamed) {}
