package dev.espalier.pruning.channels;

import java.util.List;

/// Operators that read places of space which another input names: batch may change, channels stay apart.
final class SamplingRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("GridSample", "RoiAlign", "MaxRoiPool");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        links.align(op.in(0).axis(1), op.out(0).axis(1));
    }
}
