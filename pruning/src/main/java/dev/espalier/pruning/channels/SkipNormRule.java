package dev.espalier.pruning.channels;

import java.util.List;

/// ONNX Runtime's sum of two tensors (and a bias) with a normalization of it; the sum is given out as well. What holds
/// for the normalized axis is as in [NormRule].
final class SkipNormRule implements ChannelRule {
    private static final String ROOT_MEAN_SQUARE = "SkipSimplifiedLayerNormalization";

    @Override
    public List<String> operators() {
        return List.of("com.microsoft.SkipLayerNormalization", "com.microsoft." + ROOT_MEAN_SQUARE);
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor x = op.in(0);
        boolean isExact = op.node().operator().equals(ROOT_MEAN_SQUARE) && NormRule.canScale(op, 2);
        int axes = isExact ? x.rank() : x.rank() - 1;
        for (int axis = 0; axis < axes; axis++) {
            Axis each = x.axis(axis);
            if (op.in(1).rank() == x.rank() && op.in(1).size(axis) == x.size(axis)) {
                links.align(each, op.in(1).axis(axis));
            }
            op.outs()
                    .filter(out -> out.rank() == x.rank() && out.size(each.index()) == each.size())
                    .forEach(out -> links.align(each, out.axis(each.index())));
        }
        if (isExact) {
            links.align(x.axis(-1), op.in(2).axis(0));
            links.sum(op, x.axis(-1));
            links.sum(op, op.in(1).axis(-1));
            op.optionalIn(3).ifPresent(bias -> {
                links.align(x.axis(-1), bias.axis(0));
                links.sum(op, bias.axis(0));
            });
        }
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        if (op.node().operator().equals(ROOT_MEAN_SQUARE)) {
            NormRule.rescale(op, 2, cut);
        }
    }
}
