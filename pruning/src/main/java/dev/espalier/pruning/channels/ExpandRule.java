package dev.espalier.pruning.channels;

import java.util.List;

/// Repeats what has size 1. Where it does, indices of the output are made of nothing that could go.
final class ExpandRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("Expand");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor in = op.in(0);
        ChannelTensor out = op.out(0);
        for (int axis = 0; axis < out.rank(); axis++) {
            int fromEnd = out.rank() - axis;
            boolean isThere = fromEnd <= in.rank() && in.axis(-fromEnd).size() == out.size(axis);
            if (isThere) {
                links.align(in.axis(-fromEnd), out.axis(axis));
            } else {
                links.free(out.axis(axis));
            }
        }
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        int length = Math.toIntExact(op.in(1).size(0));
        int[] axes = new int[length];
        for (int i = 0; i < length; i++) {
            axes[i] = op.out(0).rank() - length + i;
        }
        cut.resizeOperand(op, 1, "", op.out(0), axes, (axis, stated) -> stated == 1);
    }
}
