package dev.espalier.pruning.channels;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which channels go.
public final class ChannelPlan {
    private final ChannelStructure structure;
    private final List<Part> parts;
    private final List<String> notes;
    private final BitSet removed = new BitSet();

    /// One group.
    ///
    /// @param order its channels, each as classes of indices, those that matter least first; those that may
    ///     not go are not in it
    /// @param count how many of them go
    record Part(ChannelGroup group, List<int[]> order, int count) {
        Part with(int other) {
            return new Part(group, order, other);
        }
    }

    /// @param notes what could not be done as asked
    ChannelPlan(ChannelStructure structure, List<Part> parts, List<String> notes) {
        this.structure = structure;
        this.parts = List.copyOf(parts);
        this.notes = List.copyOf(notes);
        for (Part part : parts) {
            for (int[] channel : part.order.subList(0, part.count)) {
                for (int member : channel) {
                    removed.set(member);
                }
            }
        }
    }

    /// A plan that removes one channel alone, for those who want to see what hangs together.
    ///
    /// @param number which one, counted through all groups
    public static ChannelPlan ofOne(ChannelStructure structure, int number) {
        List<Part> parts = new ArrayList<>();
        int left = number;
        for (ChannelGroup group : structure.groups()) {
            List<int[]> order = new ArrayList<>();
            if (left >= 0 && left < group.size()) {
                int rank = left;
                order.add(group.cells().stream().mapToInt(cell -> cell[rank]).toArray());
            }
            parts.add(new Part(group, order, order.size()));
            left -= group.size();
        }
        return new ChannelPlan(structure, parts, List.of());
    }

    /// The structure that it was made for.
    public ChannelStructure structure() {
        return structure;
    }

    /// The structure's model, which [#apply] changes.
    public Model model() {
        return structure.graph().model();
    }

    /// What could not be done as asked, a sentence each.
    public List<String> notes() {
        return notes;
    }

    /// How many channels there are that can go.
    public long channels() {
        return parts.stream().mapToLong(part -> part.group.size()).sum();
    }

    /// How many of them go.
    public long removedChannels() {
        return parts.stream().mapToLong(Part::count).sum();
    }

    /// Groups of channels.
    public int groups() {
        return parts.size();
    }

    List<Part> parts() {
        return new ArrayList<>(parts);
    }

    KeptIndices kept() {
        return structure.keep(removed);
    }

    /// What becomes of each layer.
    public List<ChannelLayer> layers() {
        return ChannelLayer.of(structure, structure.keep(new BitSet()), kept());
    }

    /// What the model costs now.
    public ChannelTotals before() {
        return ChannelTotals.of(structure, structure.keep(new BitSet()));
    }

    /// What it will cost.
    public ChannelTotals after() {
        return ChannelTotals.of(structure, kept());
    }

    /// The same plan for another reading of the same model.
    public ChannelPlan on(ChannelStructure other) {
        return new ChannelPlan(other, parts, notes);
    }

    /// The weights that read channels which go, with zeros in these places.
    public Map<Value, Constant> unread() {
        return UnreadChannels.of(structure, kept());
    }

    /// Names of the main graph's values that lose indices.
    public Set<String> cutValues() {
        return kept().cutValues();
    }

    /// Changes the structure's model as planned. The plan and the structure are of no use afterwards.
    public void apply() {
        ChannelCutter.cut(structure, kept());
    }

    /// Changes the structure's model into what the pruned one has to compute: the same nodes and sizes, with
    /// zeros where channels that go are read. The plan and the structure are of no use afterwards.
    public void applyAsMask() {
        MaskedTwin.mask(structure, kept());
    }
}
