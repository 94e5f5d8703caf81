package dev.espalier.pruning.channels;

import java.util.List;

/// Puts axes in another order: reversed, if no order is given.
final class TransposeRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("Transpose");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        int[] order = order(op);
        for (int axis = 0; axis < order.length; axis++) {
            links.align(op.in(0).axis(order[axis]), op.out(0).axis(axis));
        }
    }

    static int[] order(ChannelOp op) {
        int[] order = new int[op.in(0).rank()];
        long[] listed = op.list("perm").orElse(null);
        for (int axis = 0; axis < order.length; axis++) {
            order[axis] = listed == null ? order.length - 1 - axis : (int) listed[axis];
        }
        return order;
    }
}
