package dev.espalier.pruning.channels;

import java.util.List;

/// Matrix products of quantized numbers, with scales and zero points for all of B or for each column, and those
/// that quantize A themselves.
final class QuantizedMatMulRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of(
                "MatMulInteger",
                "QLinearMatMul",
                "com.microsoft.MatMulIntegerToFloat",
                "com.microsoft.DynamicQuantizeMatMul");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor a = op.in(0);
        ChannelTensor b = op.in(op.node().isOperator("QLinearMatMul") ? 3 : 1);
        MatMulRule.link(op, a, b, false, false, links);
        for (int input = 2; input < op.inputCount(); input++) {
            op.optionalIn(input)
                    .filter(vector -> vector != b && vector.rank() == 1 && vector.size(0) > 1)
                    .ifPresent(vector -> {
                        if (vector.size(0) != op.out(0).size(-1)) {
                            throw new UnsupportedFormException("'" + vector + "' is not for each column");
                        }
                        links.align(op.out(0).axis(-1), vector.axis(0));
                    });
        }
    }
}
