package dev.espalier.pruning.channels;

import java.util.List;

/// A matrix product as in NumPy: the last axis of A is summed over with the last but one of B, axes before
/// these are broadcast, and an operand with one axis is a vector.
final class MatMulRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("MatMul", "com.microsoft.FusedMatMul", "com.microsoft.TransposeMatMul");
    }

    @Override
    public boolean multiplies(ChannelOp op) {
        return true;
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        boolean isBatchMoved = op.attribute("transBatchA", 0) != 0 || op.attribute("transBatchB", 0) != 0;
        if (isBatchMoved) {
            throw new UnsupportedFormException("it transposes batch axes");
        }
        link(op, op.in(0), op.in(1), op.attribute("transA", 0) != 0, op.attribute("transB", 0) != 0, links);
    }

    static void link(
            ChannelOp op,
            ChannelTensor a,
            ChannelTensor b,
            boolean isFirstTurned,
            boolean isSecondTurned,
            ChannelLinks links) {
        ChannelTensor y = op.out(0);
        links.weight(a);
        links.weight(b);
        boolean hasRows = a.rank() > 1;
        boolean hasColumns = b.rank() > 1;
        links.contract(op, a.axis(isFirstTurned && hasRows ? -2 : -1), b.axis(hasColumns && !isSecondTurned ? -2 : -1));
        if (hasColumns) {
            links.align(y.axis(-1), b.axis(isSecondTurned ? -2 : -1));
        }
        if (hasRows) {
            links.align(y.axis(hasColumns ? -2 : -1), a.axis(isFirstTurned ? -1 : -2));
        }
        int inner = (hasRows ? 1 : 0) + (hasColumns ? 1 : 0);
        if (inner == 2 && y.rank() > 2 && !a.isConstant() && !b.isConstant()) {
            // As queries are multiplied by keys, and these products by values.
            links.heads(y.axis(-3));
        }
        linkBatch(a, y, inner, links);
        linkBatch(b, y, inner, links);
    }

    private static void linkBatch(ChannelTensor in, ChannelTensor y, int inner, ChannelLinks links) {
        for (int fromEnd = 3; fromEnd <= in.rank(); fromEnd++) {
            Axis out = y.axis(-(fromEnd - 2 + inner));
            if (in.axis(-fromEnd).size() == out.size()) {
                links.align(in.axis(-fromEnd), out);
            }
        }
    }
}
