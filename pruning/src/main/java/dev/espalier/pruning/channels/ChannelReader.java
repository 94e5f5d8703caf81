package dev.espalier.pruning.channels;

import dev.espalier.onnx.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A stored weight of which an operator sums over an axis, where it reads channels.
public final class ChannelReader {
    private final Value weight;
    private final int axis;
    private final int[] channelOf;
    private final int channels;

    private ChannelReader(Value weight, int axis, int[] channelOf, int channels) {
        this.weight = weight;
        this.axis = axis;
        this.channelOf = channelOf;
        this.channels = channels;
    }

    /// All of a model where some channel can go.
    public static List<ChannelReader> of(ChannelStructure structure) {
        List<ChannelReader> readers = new ArrayList<>();
        for (Axis axis : summed(structure)) {
            ChannelReader reader = of(structure, axis);
            if (reader.channels > 0) {
                readers.add(reader);
            }
        }
        return readers;
    }

    /// Axes of stored weights that operators sum over.
    static List<Axis> summed(ChannelStructure structure) {
        List<Axis> axes = new ArrayList<>();
        for (ChannelLinks.Sum sum : structure.graph().links().sums()) {
            for (Axis axis : sum.b() == null ? List.of(sum.a()) : List.of(sum.a(), sum.b())) {
                if (axis.tensor().isStored() && structure.graph().links().groupsOf(axis) == 1) {
                    axes.add(axis);
                }
            }
        }
        return axes;
    }

    private static ChannelReader of(ChannelStructure structure, Axis axis) {
        Map<Integer, Integer> numbers = new HashMap<>();
        int[] channelOf = new int[Math.toIntExact(axis.size())];
        for (int i = 0; i < channelOf.length; i++) {
            int member = structure.partition().classOf(axis.id(), i);
            channelOf[i] =
                    member == ChannelPartition.FROZEN ? -1 : numbers.computeIfAbsent(member, m -> numbers.size());
        }
        return new ChannelReader(axis.tensor().source(), axis.index(), channelOf, numbers.size());
    }

    /// The weight.
    public Value weight() {
        return weight;
    }

    /// Which of its axes is summed over.
    public int axis() {
        return axis;
    }

    /// For each index of the axis the channel, counted from 0 in this axis alone; -1 if that cannot go.
    public int[] channelOf() {
        return channelOf;
    }

    /// How many channels there are.
    public int channels() {
        return channels;
    }
}
