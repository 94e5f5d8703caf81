package dev.espalier.pruning.channels;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A range of indices, with steps, along some axes.
final class SliceRule implements ChannelRule {
    /// Where along one axis.
    private record Range(int axis, int place, long start, long step, int count) {
        int[] source() {
            int[] source = new int[count];
            for (int i = 0; i < count; i++) {
                source[i] = Math.toIntExact(start + i * step);
            }
            return source;
        }
    }

    @Override
    public List<String> operators() {
        return List.of("Slice");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor in = op.in(0);
        ChannelTensor out = op.out(0);
        long[] axes = axes(op);
        boolean[] isSliced = new boolean[in.rank()];
        for (int place = 0; place < axes.length; place++) {
            int axis = OtherAxes.of(axes[place], in.rank());
            isSliced[axis] = true;
            Range range = range(op, axes, place);
            if (range != null) {
                int[] source = range.source();
                if (Math.abs(range.step) == 1 || isWhole(source, in.size(axis))) {
                    links.move(in.axis(axis), out.axis(axis), source);
                }
            }
        }
        for (int axis = 0; axis < in.rank(); axis++) {
            if (!isSliced[axis]) {
                links.align(in.axis(axis), out.axis(axis));
            }
        }
    }

    private static boolean isWhole(int[] source, long size) {
        return source.length == size && source.length > 0 && source[0] == 0;
    }

    private static long[] axes(ChannelOp op) {
        int count = element(op, "starts", 1).length;
        return op.listOrOperand("axes", 3).orElseGet(() -> {
            long[] all = new long[count];
            for (int i = 0; i < count; i++) {
                all[i] = i;
            }
            return all;
        });
    }

    private static @Nullable Long[] element(ChannelOp op, String name, int input) {
        long[] listed = op.list(name).orElse(null);
        if (listed == null) {
            return op.integers(input)
                    .orElseThrow(() -> new UnsupportedFormException("its " + name + " depend on the model's inputs"));
        }
        @Nullable Long[] all = new Long[listed.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = listed[i];
        }
        return all;
    }

    /// The range along one axis; null if it depends on the model's inputs.
    private static @Nullable Range range(ChannelOp op, long[] axes, int place) {
        ChannelTensor in = op.in(0);
        int axis = OtherAxes.of(axes[place], in.rank());
        long size = in.size(axis);
        Long start = element(op, "starts", 1)[place];
        Long end = element(op, "ends", 2)[place];
        long[] steps = op.fixedIntegers(4).orElse(null);
        long step = steps == null ? 1 : steps[place];
        if (start == null || end == null || step == 0) {
            return null;
        }
        long first = start < 0 ? start + size : start;
        first = step > 0 ? Math.clamp(first, 0, size) : Math.clamp(first, 0, size - 1);
        return new Range(axis, place, first, step, Math.toIntExact(op.out(0).size(axis)));
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        long[] axes = axes(op);
        @Nullable Long[] starts = element(op, "starts", 1);
        @Nullable Long[] ends = element(op, "ends", 2);
        @Nullable Long[] newStarts = starts.clone();
        @Nullable Long[] newEnds = ends.clone();
        for (int place = 0; place < axes.length; place++) {
            int axis = OtherAxes.of(axes[place], op.in(0).rank());
            Range range = range(op, axes, place);
            if (range != null && cut.isCut(op.in(0).axis(axis))) {
                place(range, cut.kept(op.in(0).axis(axis)), place, newStarts, newEnds);
            }
        }
        cut.set(op, 1, "starts", starts, newStarts);
        cut.set(op, 2, "ends", ends, newEnds);
    }

    /// What was a run of neighbours, forwards or backwards, is one among those that stay.
    private static void place(Range range, int[] kept, int place, @Nullable Long[] starts, @Nullable Long[] ends) {
        long low = range.step > 0 ? range.start : range.start - range.count + 1;
        long before = 0;
        long inside = 0;
        for (int index : kept) {
            before += index < low ? 1 : 0;
            inside += index >= low && index < low + range.count ? 1 : 0;
        }
        if (range.step > 0) {
            starts[place] = before;
            ends[place] = before + inside;
        } else {
            starts[place] = before + inside - 1;
            // Past the first one backwards: an end of -1 would mean the last.
            ends[place] = before == 0 ? Integer.MIN_VALUE : before - 1;
        }
    }
}
