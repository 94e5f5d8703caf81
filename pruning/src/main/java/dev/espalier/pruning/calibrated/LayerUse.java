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

    /// An operator that goes on with the product by itself, as fused Attention does: what the product should be is
    /// computed from what the dense model multiplies.
    record Projection(Node node, Value input, Optional<LayerBias> added) implements LayerUse {}

    /// An LSTM, GRU or RNN, whose gates are the outputs that count, before their activations: what the weight makes of
    /// what it multiplies, a part of the gates' sum.
    ///
    /// @param input what the operator reads, for R too: positions, samples, features
    /// @param output what it gives: positions, directions, samples, features
    /// @param initial what it gave before the first position: directions, samples, features; none for zeros
    /// @param isHidden whether the weight is R, which multiplies the last output
    record Recurrence(
            Node node, Value input, Optional<LayerBias> added, Value output, Optional<Value> initial, boolean isHidden)
            implements LayerUse {
        /// The constant that W's and R's addends are parts of.
        public Optional<Value> bias() {
            return node.input(3);
        }

        /// W, which multiplies what the operator reads.
        public Value w() {
            return node.input(1).orElseThrow();
        }

        /// R, which multiplies what it gave last.
        public Value r() {
            return node.input(2).orElseThrow();
        }
    }
}
