package dev.espalier.pruning.channels;

import java.util.List;

/// ONNX Runtime's matrix product of quantized numbers: A, its scale and zero point, B, its scale and zero
/// point (for each column, or for all), the bias C, and the output's.
final class QuantizedGemmRule implements ChannelRule {
    private static final int SECOND = 3;
    private static final int BIAS = 6;

    @Override
    public List<String> operators() {
        return List.of("com.microsoft.QGemm");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor a = op.in(0);
        ChannelTensor b = op.in(SECOND);
        ChannelTensor y = op.out(0);
        boolean isFirstTurned = op.attribute("transA", 0) != 0;
        boolean isSecondTurned = op.attribute("transB", 0) != 0;
        links.weight(b);
        links.align(y.axis(0), a.axis(isFirstTurned ? 1 : 0));
        links.align(y.axis(1), b.axis(isSecondTurned ? 0 : 1));
        links.contract(op, a.axis(isFirstTurned ? 0 : 1), b.axis(isSecondTurned ? 1 : 0));
        for (int input : new int[] {SECOND + 1, SECOND + 2}) {
            op.optionalIn(input)
                    .filter(vector -> vector.rank() == 1 && vector.size(0) > 1)
                    .ifPresent(vector -> links.align(y.axis(1), vector.axis(0)));
        }
        op.optionalIn(BIAS).ifPresent(c -> ElementwiseRule.linkBroadcast(c, y, links));
    }
}
