package dev.espalier.pruning.channels;

import java.util.List;

/// ONNX Runtime's concatenation of quantized tensors: the output's scale and zero point, then each tensor with
/// its own.
final class QuantizedConcatRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("com.microsoft.QLinearConcat");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ConcatRule.link(op, 2, 3, links);
    }
}
