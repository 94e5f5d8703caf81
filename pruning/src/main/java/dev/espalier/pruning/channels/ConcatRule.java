package dev.espalier.pruning.channels;

import java.util.List;

/// Puts tensors one after the other along an axis.
final class ConcatRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("Concat");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        link(op, 0, 1, links);
    }

    /// @param first the first input that is joined
    /// @param step from one to the next
    static void link(ChannelOp op, int first, int step, ChannelLinks links) {
        ChannelTensor out = op.out(0);
        int joined = OtherAxes.of(op.attribute("axis", 1), out.rank());
        int offset = 0;
        for (int i = first; i < op.inputCount(); i += step) {
            ChannelTensor in = op.in(i);
            OtherAxes.align(in, out, joined, links);
            int size = Math.toIntExact(in.size(joined));
            int[] from = new int[size];
            int[] to = new int[size];
            for (int index = 0; index < size; index++) {
                from[index] = index;
                to[index] = offset + index;
            }
            links.tie(in.axis(joined), from, out.axis(joined), to);
            offset += size;
        }
    }
}
