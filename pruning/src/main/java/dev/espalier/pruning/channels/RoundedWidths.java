package dev.espalier.pruning.channels;

import java.util.HashMap;
import java.util.Map;

/// How many channels of a group go at a time so that what stays of its layers' widths is a multiple.
///
/// A width is counted in indices along the axes of weights, of which one channel may have several: a head of an
/// attention has as many as it is wide. Where as many must stay in each block of an axis, each block is a width; a
/// block
/// that is narrower than the multiple has no fast kernel to lose, and the whole axis counts instead.
final class RoundedWidths {
    private final ChannelStructure structure;
    private final int multiple;

    RoundedWidths(ChannelStructure structure, int multiple) {
        this.structure = structure;
        this.multiple = multiple;
    }

    /// How many channels go at a time; 1 if no number would do.
    int stepOf(ChannelGroup group) {
        return givesWay(group) ? 1 : wantedStep(group);
    }

    /// Whether rounding contradicts what must be equal in each block.
    boolean givesWay(ChannelGroup group) {
        return isInBlocks(group) && wantedStep(group) > group.size();
    }

    private static boolean isInBlocks(ChannelGroup group) {
        return group.cells().size() > 1;
    }

    private int wantedStep(ChannelGroup group) {
        int step = step(indices(group, 1));
        return step > group.size() && isInBlocks(group)
                ? step(indices(group, group.cells().size()))
                : step;
    }

    private int step(int indices) {
        return multiple / gcd(multiple, indices);
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /// The fewest indices that the first classes of a channel have along an axis of a weight.
    private int indices(ChannelGroup group, int cells) {
        Map<Integer, Integer> count = new HashMap<>();
        for (int[] cell : group.cells().subList(0, cells)) {
            for (int space : structure.spacesOf(cell[0])) {
                if (structure.hasWeight(space)) {
                    count.merge(space, 1, Integer::sum);
                }
            }
        }
        return count.values().stream().mapToInt(i -> i).min().orElse(1);
    }
}
