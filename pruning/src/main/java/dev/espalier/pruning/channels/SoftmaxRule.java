package dev.espalier.pruning.channels;

import java.util.List;

/// Operators in which every index of an axis depends on all others: the axis is frozen. Before opset 13,
/// Softmax means all axes from its own on.
final class SoftmaxRule implements ChannelRule {
    private static final int ONE_AXIS = 13;

    @Override
    public List<String> operators() {
        return List.of(
                "Softmax",
                "LogSoftmax",
                "Hardmax",
                "TopK",
                "CumSum",
                "LpNormalization",
                "com.microsoft.QLinearSoftmax");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor in = op.in(0);
        String operator = op.node().operator();
        boolean isOld = operator.endsWith("max")
                && (op.isMicrosoft() ? op.attribute("opset", ONE_AXIS) : op.opset()) < ONE_AXIS;
        long stated =
                operator.equals("CumSum") ? op.fixedIntegers(1).orElseThrow()[0] : op.attribute("axis", isOld ? 1 : -1);
        int mixed = OtherAxes.of(stated, in.rank());
        op.outs().forEach(out -> {
            for (int axis = 0; axis < in.rank(); axis++) {
                if (isOld ? axis < mixed : axis != mixed) {
                    links.align(in.axis(axis), out.axis(axis));
                }
            }
        });
    }
}
