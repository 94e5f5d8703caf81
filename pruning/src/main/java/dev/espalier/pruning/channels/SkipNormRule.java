package dev.espalier.pruning.channels;

import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import java.util.List;
import java.util.Optional;

/// ONNX Runtime's sum of two tensors (and a bias) with a normalization of it; the sum is given out as well.
/// What holds for the normalized axis is as in [NormRule].
final class SkipNormRule implements ChannelRule {
    private static final float EPSILON = 1e-5f;
    private static final String ROOT_MEAN_SQUARE = "SkipSimplifiedLayerNormalization";

    @Override
    public List<String> operators() {
        return List.of("com.microsoft.SkipLayerNormalization", "com.microsoft." + ROOT_MEAN_SQUARE);
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor x = op.in(0);
        boolean isExact = op.node().operator().equals(ROOT_MEAN_SQUARE) && NormRule.canScale(op, 2);
        boolean isLossy = isLossy(op, links.options());
        int axes = isExact || isLossy ? x.rank() : x.rank() - 1;
        for (int axis = 0; axis < axes; axis++) {
            Axis each = x.axis(axis);
            if (op.in(1).rank() == x.rank() && op.in(1).size(axis) == x.size(axis)) {
                links.align(each, op.in(1).axis(axis));
            }
            op.outs()
                    .filter(out -> out.rank() == x.rank() && out.size(each.index()) == each.size())
                    .forEach(out -> links.align(each, out.axis(each.index())));
        }
        for (int input = 2; input < op.inputCount() && (isExact || isLossy); input++) {
            op.optionalIn(input).ifPresent(vector -> links.align(x.axis(-1), vector.axis(0)));
        }
        if (isExact) {
            links.sum(op, x.axis(-1));
            links.sum(op, op.in(1).axis(-1));
            op.optionalIn(3).ifPresent(bias -> links.sum(op, bias.axis(0)));
        }
    }

    private static boolean isLossy(ChannelOp op, ChannelOptions options) {
        return options.lossyNorms() && !op.node().operator().equals(ROOT_MEAN_SQUARE) && NormRule.canScale(op, 2);
    }

    @Override
    public void rewriteMasked(ChannelOp op, ChannelCut cut) {
        Axis normalized = op.in(0).axis(-1);
        if (!cut.isCut(normalized) || !isLossy(op, cut.options())) {
            return;
        }
        Node node = op.node();
        Value sum = node.input(0).orElseThrow();
        for (Optional<Value> more : List.of(node.input(1), node.input(4))) {
            Value before = sum;
            sum = more.map(value -> cut.patch()
                            .insertBefore(node, "Add", node.label() + "_sum", List.of(before, value), List.of()))
                    .orElse(sum);
        }
        Value scale = node.input(2).orElseThrow();
        MaskedNorm.replace(op, normalized, sum, scale, node.input(3), op.real("epsilon", EPSILON), cut);
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        if (op.node().operator().equals(ROOT_MEAN_SQUARE)) {
            NormRule.rescale(op, 2, cut);
        }
    }
}
