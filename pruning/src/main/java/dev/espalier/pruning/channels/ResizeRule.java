package dev.espalier.pruning.channels;

import java.util.List;

/// Interpolation over space: axes that keep their size are aligned, batch and channel among them.
final class ResizeRule implements ChannelRule {
    private static final int SIZES = 3;

    @Override
    public List<String> operators() {
        return List.of("Resize", "Upsample");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        for (int axis = 0; axis < Math.min(2, op.in(0).rank()); axis++) {
            if (op.in(0).size(axis) == op.out(0).size(axis)) {
                links.align(op.in(0).axis(axis), op.out(0).axis(axis));
            }
        }
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        if (op.optionalIn(SIZES).filter(sizes -> sizes.size(0) > 0).isEmpty()) {
            return;
        }
        long[] listed = op.list("axes").orElse(null);
        int[] axes = new int[Math.toIntExact(op.in(SIZES).size(0))];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = listed == null ? i : OtherAxes.of(listed[i], op.out(0).rank());
        }
        cut.resizeOperand(op, SIZES, "", op.out(0), axes, (axis, stated) -> false);
    }
}
