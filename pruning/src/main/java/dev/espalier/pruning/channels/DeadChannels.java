package dev.espalier.pruning.channels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Channels without which a model computes the same: those that are zero, constant, equal to another, or that
/// nothing reads. The structure must be from a [ShapeProbe] that looks at values.
///
/// First [#fold] moves what constant and equal channels add to where it can stay; afterwards, nothing reads
/// them, and in another structure of the changed model [#plan] finds them.
public final class DeadChannels {
    private DeadChannels() {}

    /// Changes the structure's model so that fewer channels are read; what it computes stays the same. The
    /// structure is of no use afterwards, if there was anything to do.
    ///
    /// @return whether there was
    public static boolean fold(ChannelStructure structure) {
        return ConstantFolding.fold(structure);
    }

    /// A plan that removes every channel that nothing depends on. One stays where all of a group are dead, and
    /// as many in each block where an operator wants that.
    public static ChannelPlan plan(ChannelStructure structure) {
        BitSet live = new ChannelReads(structure, KnownChannels.of(structure)).live();
        List<ChannelPlan.Part> parts = new ArrayList<>();
        for (ChannelGroup group : structure.groups()) {
            parts.add(part(group, live));
        }
        int kept = keepOneOfEachAxis(structure, parts);
        List<String> notes =
                kept == 0 ? List.of() : List.of("of " + kept + " groups one dead channel stays: no axis can lose all");
        return new ChannelPlan(structure, parts, notes);
    }

    private static ChannelPlan.Part part(ChannelGroup group, BitSet live) {
        List<int[]> dead = group.cells().stream()
                .map(cell ->
                        Arrays.stream(cell).filter(member -> !live.get(member)).toArray())
                .toList();
        int count = dead.stream().mapToInt(cell -> cell.length).min().orElse(0);
        List<int[]> order = new ArrayList<>();
        for (int rank = 0; rank < count; rank++) {
            int at = rank;
            order.add(dead.stream().mapToInt(cell -> cell[at]).toArray());
        }
        return new ChannelPlan.Part(group, order, count);
    }

    /// Lets one channel less go of each group that would leave an axis without any.
    ///
    /// @return of how many groups
    private static int keepOneOfEachAxis(ChannelStructure structure, List<ChannelPlan.Part> parts) {
        int kept = 0;
        for (int i = 0; i < parts.size(); i++) {
            KeptIndices indices = new ChannelPlan(structure, parts, List.of()).kept();
            ChannelPlan.Part part = parts.get(i);
            boolean isAnyEmpty = Arrays.stream(part.group().spaces())
                    .anyMatch(space -> indices.of(structure.axisOf(space)).length == 0);
            if (isAnyEmpty && part.count() > 0) {
                parts.set(i, part.with(part.count() - 1));
                kept++;
            }
        }
        return kept;
    }
}
