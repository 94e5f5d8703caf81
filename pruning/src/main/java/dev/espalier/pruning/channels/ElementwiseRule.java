package dev.espalier.pruning.channels;

import java.util.List;

/// Operators that compute each element of their outputs from the elements at the same place of their inputs,
/// which are broadcast as in NumPy: shapes are aligned at the right, and size 1 stands for any.
final class ElementwiseRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of(
                "Abs",
                "Acos",
                "Acosh",
                "Add",
                "And",
                "Asin",
                "Asinh",
                "Atan",
                "Atanh",
                "BitShift",
                "BitwiseAnd",
                "BitwiseNot",
                "BitwiseOr",
                "BitwiseXor",
                "Cast",
                "Ceil",
                "Celu",
                "Clip",
                "Cos",
                "Cosh",
                "Div",
                "Dropout",
                "Elu",
                "Equal",
                "Erf",
                "Exp",
                "Floor",
                "Gelu",
                "Greater",
                "GreaterOrEqual",
                "HardSigmoid",
                "HardSwish",
                "Identity",
                "IsInf",
                "IsNaN",
                "LeakyRelu",
                "Less",
                "LessOrEqual",
                "Log",
                "Max",
                "Mean",
                "Min",
                "Mish",
                "Mod",
                "Mul",
                "Neg",
                "Not",
                "Or",
                "PRelu",
                "Pow",
                "Reciprocal",
                "Relu",
                "Round",
                "Selu",
                "Shrink",
                "Sigmoid",
                "Sign",
                "Sin",
                "Sinh",
                "Softplus",
                "Softsign",
                "Sqrt",
                "Sub",
                "Sum",
                "Swish",
                "Tan",
                "Tanh",
                "ThresholdedRelu",
                "Where",
                "Xor",
                "com.microsoft.BiasGelu",
                "com.microsoft.FastGelu",
                "com.microsoft.Gelu",
                "com.microsoft.QuickGelu",
                "com.microsoft.QLinearAdd",
                "com.microsoft.QLinearMul",
                "com.microsoft.QLinearSigmoid",
                "com.microsoft.QLinearLeakyRelu",
                "com.microsoft.BiasAdd");
    }

    @Override
    public boolean multiplies(ChannelOp op) {
        return op.node().isOperator("Mul");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        if (op.has("broadcast") || op.has("axis")) {
            linkOld(op, links);
            return;
        }
        op.outs().forEach(out -> {
            for (int i = 0; i < op.inputCount(); i++) {
                op.optionalIn(i).ifPresent(in -> linkBroadcast(in, out, links));
            }
        });
    }

    static void linkBroadcast(ChannelTensor in, ChannelTensor out, ChannelLinks links) {
        for (int fromEnd = 1; fromEnd <= Math.min(in.rank(), out.rank()); fromEnd++) {
            link(in.axis(-fromEnd), out.axis(-fromEnd), links);
        }
    }

    private static void link(Axis in, Axis out, ChannelLinks links) {
        if (in.size() == out.size()) {
            links.align(in, out);
        } else if (in.size() != 1) {
            throw new UnsupportedFormException(in + " has " + in.size() + " indices, " + out + " has " + out.size());
        }
    }

    /// Until opset 6 the second operand is broadcast only when told, from a given axis on.
    private static void linkOld(ChannelOp op, ChannelLinks links) {
        ChannelTensor out = op.out(0);
        linkBroadcast(op.in(0), out, links);
        ChannelTensor second = op.in(1);
        int first = (int) op.attribute("axis", out.rank() - second.rank());
        for (int axis = 0; axis < second.rank(); axis++) {
            link(second.axis(axis), out.axis(first + axis), links);
        }
    }
}
