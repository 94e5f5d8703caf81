package dev.espalier.pruning.channels;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes indices along one axis. Constant ones are followed; those that are computed freeze the axis, as the
/// words of an embedding are.
final class GatherRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("Gather");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor data = op.in(0);
        ChannelTensor out = op.out(0);
        int axis = OtherAxes.of(op.attribute("axis", 0), data.rank());
        int taken = op.in(1).rank();
        for (int other = 0; other < data.rank(); other++) {
            if (other != axis) {
                links.align(data.axis(other), out.axis(other < axis ? other : other - 1 + taken));
            }
        }
        int[] source = source(op, axis);
        if (source == null) {
            links.freeze(data.axis(axis), "its indices are chosen at run time by");
        } else if (taken == 1) {
            links.move(data.axis(axis), out.axis(axis), source);
        } else if (taken == 0) {
            links.freeze(data.axis(axis), source[0], "one index of it is taken by");
        }
    }

    /// Which indices; null if they are not fixed, or have several axes.
    private static int @Nullable [] source(ChannelOp op, int axis) {
        @Nullable Long[] stated = op.integers(1).orElse(null);
        if (stated == null || op.in(1).rank() > 1) {
            return null;
        }
        int[] source = new int[stated.length];
        for (int i = 0; i < source.length; i++) {
            Long index = stated[i];
            if (index == null) {
                return null;
            }
            source[i] = OtherAxes.of(index, Math.toIntExact(op.in(0).size(axis)));
        }
        return source;
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        int axis = OtherAxes.of(op.attribute("axis", 0), op.in(0).rank());
        int[] source = source(op, axis);
        if (source == null || !cut.isCut(op.in(0).axis(axis))) {
            return;
        }
        int[] kept = cut.kept(op.in(0).axis(axis));
        int[] place = new int[Math.toIntExact(op.in(0).size(axis))];
        Arrays.fill(place, -1);
        for (int i = 0; i < kept.length; i++) {
            place[kept[i]] = i;
        }
        long[] indices = Arrays.stream(source)
                .map(index -> place[index])
                .filter(index -> index >= 0)
                .asLongStream()
                .toArray();
        cut.setOperand(op, 1, indices);
    }
}
