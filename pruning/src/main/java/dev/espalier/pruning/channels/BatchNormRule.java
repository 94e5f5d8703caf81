package dev.espalier.pruning.channels;

import java.util.List;

/// Normalization of each channel by itself: statistics that are stored (BatchNormalization) or taken over
/// space (InstanceNormalization). Axis 1 of x and every vector of parameters go together.
final class BatchNormRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("BatchNormalization", "InstanceNormalization");
    }

    @Override
    public boolean multiplies(ChannelOp op) {
        return true;
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor x = op.in(0);
        ChannelTensor y = op.out(0);
        links.align(x.axis(0), y.axis(0));
        links.align(x.axis(1), y.axis(1));
        for (int i = 1; i < op.inputCount(); i++) {
            op.optionalIn(i).ifPresent(vector -> links.align(y.axis(1), vector.axis(0)));
        }
        // Running statistics, which BatchNormalization gives out in training.
        for (int i = 1; i < op.outputCount(); i++) {
            op.optionalOut(i).ifPresent(vector -> links.align(y.axis(1), vector.axis(0)));
        }
        if (op.node().operator().equals("BatchNormalization")) {
            for (int axis = 2; axis < x.rank(); axis++) {
                links.align(x.axis(axis), y.axis(axis));
            }
        }
    }
}
