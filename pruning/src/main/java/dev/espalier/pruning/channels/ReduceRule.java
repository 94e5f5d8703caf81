package dev.espalier.pruning.channels;

import dev.espalier.onnx.Value;
import dev.espalier.sparse.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reduces axes to one number. Sums do not notice that a zero is gone, and a mean is corrected for how many
/// it is of; what is largest, or a product, would change.
final class ReduceRule implements ChannelRule {
    private static final List<String> SUMS =
            List.of("ReduceSum", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceMean");

    @Override
    public List<String> operators() {
        List<String> all = new ArrayList<>(SUMS);
        all.addAll(List.of("ReduceMax", "ReduceMin", "ReduceProd", "ReduceLogSumExp", "ArgMax", "ArgMin"));
        return all;
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor in = op.in(0);
        ChannelTensor out = op.out(0);
        boolean[] isReduced = reduced(op);
        boolean keepsAxes = op.attribute("keepdims", 1) != 0;
        int place = 0;
        for (int axis = 0; axis < in.rank(); axis++) {
            if (!isReduced[axis]) {
                links.align(in.axis(axis), out.axis(place));
            } else if (isLossy(op, links.options())) {
                links.sum(op, in.axis(axis));
            } else if (Centering.isPartOf(op.node())) {
                links.freeze(in.axis(axis), "LayerNormalization, written as single operators, takes its mean in");
            } else if (SUMS.contains(op.node().operator()) && canCorrect(op)) {
                links.sum(op, in.axis(axis));
            }
            place += isReduced[axis] && !keepsAxes ? 0 : 1;
        }
    }

    /// Whether it is the mean of what stays, not of as many zeros besides.
    private static boolean isLossy(ChannelOp op, ChannelOptions options) {
        return options.lossyNorms() && op.elementType(0) == ElementType.F32 && Centering.isPartOf(op.node());
    }

    /// A mean is multiplied by a number of its type.
    private static boolean canCorrect(ChannelOp op) {
        return !op.node().operator().equals("ReduceMean")
                || op.elementType(0) == ElementType.F32
                || op.elementType(0) == ElementType.F64;
    }

    private static boolean[] reduced(ChannelOp op) {
        int rank = op.in(0).rank();
        boolean[] isReduced = new boolean[rank];
        if (op.node().operator().startsWith("Arg")) {
            isReduced[OtherAxes.of(op.attribute("axis", 0), rank)] = true;
            return isReduced;
        }
        long[] axes = op.listOrOperand("axes", 1).orElse(new long[0]);
        for (long axis : axes) {
            isReduced[OtherAxes.of(axis, rank)] = true;
        }
        if (axes.length == 0 && op.attribute("noop_with_empty_axes", 0) == 0) {
            Arrays.fill(isReduced, true);
        }
        return isReduced;
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        if (!isLossy(op, cut.options())) {
            multiply(op, 1, cut);
        }
    }

    @Override
    public void rewriteMasked(ChannelOp op, ChannelCut cut) {
        if (isLossy(op, cut.options())) {
            multiply(op, -1, cut);
        }
    }

    /// Multiplies a mean by the share of numbers that stay, to this power.
    private static void multiply(ChannelOp op, int power, ChannelCut cut) {
        if (!op.node().operator().equals("ReduceMean")) {
            return;
        }
        double before = 1;
        double after = 1;
        boolean[] isReduced = reduced(op);
        for (int axis = 0; axis < isReduced.length; axis++) {
            if (isReduced[axis]) {
                before *= op.in(0).size(axis);
                after *= cut.count(op.in(0).axis(axis));
            }
        }
        if (after != before) {
            Value output = op.out(0).value();
            double factor = Math.pow(after / before, power);
            Value share = cut.patch()
                    .addInitializer(
                            op.node().graph(), output.name() + "_share", ChannelCut.number(op.elementType(0), factor));
            cut.insertAfter(op.node(), output, "Mul", List.of(output, share), List.of());
        }
    }
}
