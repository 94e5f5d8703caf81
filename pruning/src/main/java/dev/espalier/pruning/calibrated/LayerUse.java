package dev.espalier.pruning.calibrated;

import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import java.util.Optional;

/// An operator that multiplies by a layer's weight, and where to see what it reads and gives.
public sealed interface LayerUse {
    /// The operator.
    Node node();

    /// What it multiplies.
    Value input();

    /// What is added to each output; none if nothing is.
    Optional<LayerBias> added();

    /// A Conv, Gemm or MatMul.
    ///
    /// @param response what it gives, with the bias if that is added by a node of its own
    /// @param skip what is added to the response (after a norm) alone: the other input of a residual Add
    record Product(Node node, Value input, Optional<LayerBias> added, Value response, Optional<Value> skip)
            implements LayerUse {}
}
