package dev.espalier.pruning.channels;

import java.util.List;

/// Operators that choose a scale by the smallest and the largest of all elements and zero: reading zeros in the
/// place of what goes changes nothing.
final class DynamicRangeRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("DynamicQuantizeLinear");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        for (int axis = 0; axis < op.in(0).rank(); axis++) {
            links.align(op.in(0).axis(axis), op.out(0).axis(axis));
            links.sum(op, op.in(0).axis(axis));
        }
    }
}
