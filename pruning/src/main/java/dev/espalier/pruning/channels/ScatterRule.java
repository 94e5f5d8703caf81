package dev.espalier.pruning.channels;

import dev.espalier.sparse.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Writes into a copy of a tensor: ScatterND slices, ScatterElements element by element along one axis. Axes that
/// what is written has itself correspond. Of the others a single one, into which ScatterND writes at constant places,
/// loses its indices with the slices that are written there.
final class ScatterRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("ScatterND", "ScatterElements");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        if (op.node().operator().equals("ScatterElements")) {
            linkElements(op, links);
        } else {
            linkSlices(op, links);
        }
    }

    private static void linkElements(ChannelOp op, ChannelLinks links) {
        int along = OtherAxes.of(op.attribute("axis", 0), op.in(0).rank());
        OtherAxes.align(op.in(0), op.out(0), along, links);
        OtherAxes.align(op.in(1), op.out(0), along, links);
        OtherAxes.align(op.in(2), op.out(0), along, links);
    }

    private static void linkSlices(ChannelOp op, ChannelLinks links) {
        ChannelTensor data = op.in(0);
        ChannelTensor slices = op.in(2);
        ChannelTensor out = op.out(0);
        int addressed = addressed(op);
        for (int axis = addressed; axis < data.rank(); axis++) {
            links.align(data.axis(axis), out.axis(axis));
            links.align(out.axis(axis), slices.axis(axis - data.rank()));
        }
        int[] places = places(op);
        if (places == null) {
            for (int axis = 0; axis < addressed; axis++) {
                links.freeze(data.axis(axis), "where it is written is chosen by several indices or at run time by");
            }
            return;
        }
        links.align(data.axis(0), out.axis(0));
        links.tie(
                out.axis(0),
                places,
                slices.axis(0),
                IntStream.range(0, places.length).toArray());
    }

    /// How many axes of the data an element of the indices has a place in.
    private static int addressed(ChannelOp op) {
        return Math.toIntExact(op.in(1).axis(-1).size());
    }

    /// Where each slice is written along the first axis; null if that is not fixed, or there are more axes.
    private static int @Nullable [] places(ChannelOp op) {
        @Nullable Long[] stated = op.integers(1).orElse(null);
        if (stated == null || addressed(op) != 1 || op.in(1).rank() != 2) {
            return null;
        }
        int[] places = new int[stated.length];
        for (int i = 0; i < places.length; i++) {
            Long place = stated[i];
            if (place == null) {
                return null;
            }
            places[i] = OtherAxes.of(place, Math.toIntExact(op.in(0).size(0)));
        }
        return places;
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        if (op.node().operator().equals("ScatterElements")) {
            return;
        }
        int[] places = places(op);
        if (places == null || !cut.isCut(op.out(0).axis(0))) {
            return;
        }
        int[] kept = cut.kept(op.out(0).axis(0));
        long[] moved = Arrays.stream(places)
                .map(place -> Arrays.binarySearch(kept, place))
                .filter(place -> place >= 0)
                .asLongStream()
                .toArray();
        cut.setOperand(op, 1, Shape.of(moved.length, 1), moved);
    }
}
