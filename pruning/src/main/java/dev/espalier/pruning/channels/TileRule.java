package dev.espalier.pruning.channels;

import java.util.List;

/// Repeats a tensor along axes: all repetitions of an index go with it.
final class TileRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("Tile");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        for (int axis = 0; axis < op.in(0).rank(); axis++) {
            Axis in = op.in(0).axis(axis);
            Axis out = op.out(0).axis(axis);
            if (in.size() == 1 && out.size() > 1) {
                continue;
            }
            int[] source = new int[Math.toIntExact(out.size())];
            for (int i = 0; i < source.length; i++) {
                source[i] = (int) (i % in.size());
            }
            links.move(in, out, source);
        }
    }
}
