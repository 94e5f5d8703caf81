package dev.espalier.pruning.channels;

import java.util.List;

/// Operators that keep the elements in order and give them other axes.
final class ReshapeRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("Reshape", "Flatten", "Squeeze", "Unsqueeze");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor in = op.in(0);
        ChannelTensor out = op.out(0);
        if (shape(in) == 0) {
            throw new UnsupportedFormException("it has no elements");
        }
        MovedAxes.link(in, out, sizes -> Digits.of(sizes.apply(in)).reshape(sizes.apply(out)), links);
    }

    private static long shape(ChannelTensor tensor) {
        long product = 1;
        for (long size : tensor.sizes().sizes()) {
            product *= size;
        }
        return product;
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        if (!op.node().operator().equals("Reshape")) {
            return;
        }
        // A size of 0 copies that of the input, -1 is what is left: both follow by themselves where they are right.
        cut.resizeOperand(
                op,
                1,
                "shape",
                op.out(0),
                (axis, stated) -> stated == -1
                        || (stated == 0
                                && op.attribute("allowzero", 0) == 0
                                && axis < op.in(0).rank()
                                && cut.count(op.in(0).axis(axis))
                                        == cut.count(op.out(0).axis(axis))));
    }
}
