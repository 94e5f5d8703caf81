package dev.espalier.pruning.channels;

import java.util.List;

/// Rotary positions: pairs of places within each head turn, so heads go as a whole. `[B, S, heads * size]`, or
/// `[B, heads, S, size]`.
final class RotaryRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("RotaryEmbedding", "com.microsoft.RotaryEmbedding");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor x = op.in(0);
        ChannelTensor y = op.out(0);
        for (int axis = 0; axis < x.rank() - 1; axis++) {
            links.align(x.axis(axis), y.axis(axis));
        }
        if (x.rank() == 3) {
            links.align(x.axis(2), y.axis(2));
            new Heads(y.axis(2), heads(op), links);
        }
    }

    private static long heads(ChannelOp op) {
        long stated = op.attribute("num_heads", 0);
        return stated > 0
                ? stated
                : op.in(0).size(2) / (2 * op.in(op.isMicrosoft() ? 2 : 1).size(-1));
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        boolean isCut = op.in(0).rank() == 3 && cut.isCut(op.in(0).axis(2));
        if (isCut && op.attribute("num_heads", 0) > 0) {
            Axis hidden = op.in(0).axis(2);
            cut.setInteger(op, "num_heads", heads(op) * cut.count(hidden) / hidden.size());
        }
    }
}
