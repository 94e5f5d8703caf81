package dev.espalier.pruning.channels;

import java.util.List;

/// Convolution of quantized numbers: x, its scale and zero point, w, its scale and zero point (for each
/// output, or for all), the output's, and the bias. ConvInteger has x, w and their zero points.
final class QuantizedConvRule implements ChannelRule {
    private static final int WEIGHT = 3;
    private static final int BIAS = 8;

    @Override
    public List<String> operators() {
        return List.of("QLinearConv", "ConvInteger");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor x = op.in(0);
        boolean isPlain = op.node().isOperator("ConvInteger");
        ChannelTensor w = op.in(isPlain ? 1 : WEIGHT);
        ChannelTensor y = op.out(0);
        links.weight(w);
        links.align(x.axis(0), y.axis(0));
        links.align(y.axis(1), w.axis(0));
        for (int input : isPlain ? new int[] {3} : new int[] {WEIGHT + 1, WEIGHT + 2, BIAS}) {
            op.optionalIn(input)
                    .filter(vector -> vector.rank() == 1 && vector.size(0) > 1)
                    .ifPresent(vector -> links.align(y.axis(1), vector.axis(0)));
        }
        ConvRule.linkInputs(op, x.axis(1), w, 1, 0, y.axis(1), links);
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        new ConvRule().rewrite(op, cut);
    }
}
