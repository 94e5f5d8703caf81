package dev.espalier.pruning.channels;

import java.util.List;

/// Operators over a window of space, which keep batch and channel.
final class PoolRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of(
                "AveragePool",
                "GlobalAveragePool",
                "GlobalLpPool",
                "GlobalMaxPool",
                "LpPool",
                "MaxPool",
                "com.microsoft.QLinearAveragePool",
                "com.microsoft.QLinearGlobalAveragePool");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        if (op.optionalOut(1).isPresent() && !op.out(1).value().uses().isEmpty()) {
            throw new UnsupportedFormException("it gives out positions, which count through all channels");
        }
        if (op.attribute("channels_last", 0) != 0) {
            throw new UnsupportedFormException("its channels are last");
        }
        links.align(op.in(0).axis(0), op.out(0).axis(0));
        links.align(op.in(0).axis(1), op.out(0).axis(1));
    }
}
