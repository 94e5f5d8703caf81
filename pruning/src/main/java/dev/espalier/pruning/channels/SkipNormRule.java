package dev.espalier.pruning.channels;

import java.util.List;

/// ONNX Runtime's sum of two tensors (and a bias) with a LayerNormalization of it: the normalized axis is
/// frozen, the sum is given out as well.
final class SkipNormRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("com.microsoft.SkipLayerNormalization", "com.microsoft.SkipSimplifiedLayerNormalization");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor x = op.in(0);
        for (int axis = 0; axis < x.rank() - 1; axis++) {
            int each = axis;
            if (op.in(1).rank() == x.rank() && op.in(1).size(axis) == x.size(axis)) {
                links.align(x.axis(axis), op.in(1).axis(axis));
            }
            op.outs().filter(out -> out.rank() == x.rank()).forEach(out -> links.align(x.axis(each), out.axis(each)));
        }
    }
}
