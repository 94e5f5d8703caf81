package dev.espalier.pruning.channels;

import java.util.List;

/// A tensor of one number: every index can go, for its shape is rewritten.
final class ConstantOfShapeRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("ConstantOfShape");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        for (int axis = 0; axis < op.out(0).rank(); axis++) {
            links.free(op.out(0).axis(axis));
        }
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        cut.resizeOperand(op, 0, "", op.out(0), (axis, stated) -> false);
    }
}
