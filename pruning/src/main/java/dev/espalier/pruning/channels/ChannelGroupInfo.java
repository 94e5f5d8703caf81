package dev.espalier.pruning.channels;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// A group of channels that can go.
///
/// @param id its number, in file order
/// @param layers the layers whose outputs they are, each by its node's name
/// @param channels how many of them can be told apart
/// @param width how many indices one of them has in the axis that has most
/// @param parameters elements of constants that one of them frees
/// @param macs multiply-adds that one of them frees
public record ChannelGroupInfo(int id, List<String> layers, int channels, int width, long parameters, long macs) {
    public ChannelGroupInfo {
        layers = List.copyOf(layers);
    }

    /// All groups of a structure.
    public static List<ChannelGroupInfo> of(ChannelStructure structure) {
        LayerNames names = new LayerNames(structure);
        ChannelTotals before = ChannelTotals.of(structure, structure.keep(new BitSet()));
        List<ChannelGroupInfo> all = new ArrayList<>();
        for (ChannelGroup group : structure.groups()) {
            BitSet one = new BitSet();
            group.cells().forEach(cell -> one.set(cell[0]));
            ChannelTotals after = ChannelTotals.of(structure, structure.keep(one));
            all.add(new ChannelGroupInfo(
                    group.id(),
                    names.layersOf(group),
                    group.size(),
                    width(structure, group),
                    before.parameters() - after.parameters(),
                    before.macs() - after.macs()));
        }
        return all;
    }

    /// The multiply-adds of layers of which inputs or outputs can go.
    ///
    /// @return these, and those of all layers
    public static List<Long> reach(ChannelStructure structure) {
        KeptIndices none = structure.keep(new BitSet());
        BitSet live = new BitSet();
        structure.groups().forEach(group -> {
            for (int space : group.spaces()) {
                live.set(space);
            }
        });
        long reached = 0;
        long all = 0;
        for (ChannelOp op : structure.graph().ops()) {
            long macs = ChannelCosts.macs(op, none);
            boolean isReached = macs > 0
                    && op.tensors().anyMatch(tensor -> {
                        boolean isLive = false;
                        for (int axis = 0; axis < tensor.rank(); axis++) {
                            isLive |= live.get(structure
                                    .partition()
                                    .spaceOf(tensor.axis(axis).id()));
                        }
                        return isLive;
                    });
            all += macs;
            reached += isReached ? macs : 0;
        }
        return List.of(reached, all);
    }

    private static int width(ChannelStructure structure, ChannelGroup group) {
        int[] count = new int[structure.partition().spaceCount()];
        int most = 0;
        for (int[] cell : group.cells()) {
            for (int space : structure.spacesOf(cell[0])) {
                most = Math.max(most, ++count[space]);
            }
        }
        return most;
    }
}
