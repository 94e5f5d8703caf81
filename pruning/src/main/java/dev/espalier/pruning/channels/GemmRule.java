package dev.espalier.pruning.channels;

import java.util.List;

/// Y = alpha A B + beta C, A or B transposed when told: rows go with A's, columns with B's, C is broadcast.
final class GemmRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("Gemm", "com.microsoft.FusedGemm", "com.microsoft.GemmFastGelu");
    }

    @Override
    public boolean multiplies(ChannelOp op) {
        return true;
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor a = op.in(0);
        ChannelTensor b = op.in(1);
        ChannelTensor y = op.out(0);
        boolean isFirstTurned = op.attribute("transA", 0) != 0;
        boolean isSecondTurned = op.attribute("transB", 0) != 0;
        links.weight(a);
        links.weight(b);
        links.align(y.axis(0), a.axis(isFirstTurned ? 1 : 0));
        links.align(y.axis(-1), b.axis(isSecondTurned ? 0 : 1));
        links.contract(op, a.axis(isFirstTurned ? 0 : -1), b.axis(isSecondTurned ? 1 : 0));
        op.optionalIn(2).ifPresent(c -> ElementwiseRule.linkBroadcast(c, y, links));
    }
}
