package dev.espalier.pruning.channels;

import java.util.List;

/// Normalization over groups of neighbouring channels. Whole groups go: a part of one would change what the
/// rest of it is normalized by. Before opset 21 there is one scale for each group.
final class GroupNormRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("GroupNormalization");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor x = op.in(0);
        ChannelTensor y = op.out(0);
        int size = Math.toIntExact(x.size(1));
        int width = Math.toIntExact(size / op.attribute("num_groups", 1));
        int[] all = new int[size];
        int[] firsts = new int[size];
        int[] groups = new int[size];
        for (int i = 0; i < size; i++) {
            all[i] = i;
            firsts[i] = i - i % width;
            groups[i] = i / width;
        }
        links.align(x.axis(0), y.axis(0));
        links.align(x.axis(1), y.axis(1));
        links.tie(x.axis(1), all, x.axis(1), firsts);
        for (int i = 1; i <= 2; i++) {
            Axis parameter = op.in(i).axis(0);
            links.tie(x.axis(1), all, parameter, parameter.size() == size ? all : groups);
        }
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        Axis channels = op.in(0).axis(1);
        if (cut.isCut(channels)) {
            long width = channels.size() / op.attribute("num_groups", 1);
            cut.setInteger(op, "num_groups", cut.count(channels) / width);
        }
    }
}
