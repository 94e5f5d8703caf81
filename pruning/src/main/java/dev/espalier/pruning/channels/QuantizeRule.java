package dev.espalier.pruning.channels;

import java.util.List;

/// Quantized numbers and what they stand for: element by element, with scales and zero points for the whole
/// tensor or along one axis. Blocks of an axis freeze it.
final class QuantizeRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of(
                "QuantizeLinear", "DequantizeLinear", "com.microsoft.QuantizeLinear", "com.microsoft.DequantizeLinear");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor in = op.in(0);
        ChannelTensor out = op.out(0);
        int axis = OtherAxes.of(op.attribute("axis", 1), in.rank());
        boolean isBlocked = op.attribute("block_size", 0) != 0;
        for (int other = 0; other < in.rank(); other++) {
            if (!isBlocked || other != axis) {
                links.align(in.axis(other), out.axis(other));
            }
        }
        for (int i = 1; i <= 2 && isBlocked; i++) {
            op.optionalIn(i).ifPresent(parameter -> OtherAxes.align(in, parameter, axis, links));
        }
        for (int i = 1; i <= 2; i++) {
            op.optionalIn(i)
                    .filter(parameter -> !isBlocked && parameter.rank() == 1 && parameter.size(0) > 1)
                    .ifPresent(parameter -> links.align(in.axis(axis), parameter.axis(0)));
        }
    }
}
