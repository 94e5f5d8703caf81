package dev.espalier.pruning.channels;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Which indices of each axis stay.
final class KeptIndices {
    private final ChannelStructure structure;
    private final BitSet removed;
    private final Map<Integer, int[]> ofSpace = new HashMap<>();

    /// @param removed classes
    KeptIndices(ChannelStructure structure, BitSet removed) {
        this.structure = structure;
        this.removed = removed;
        ChannelPartition partition = structure.partition();
        BitSet touched = new BitSet();
        removed.stream().forEach(member -> {
            for (int space : structure.spacesOf(member)) {
                touched.set(space);
            }
        });
        touched.stream().forEach(space -> {
            int axis = partition.axesOf(space)[0];
            ofSpace.put(
                    space,
                    IntStream.range(0, partition.liveSize(space))
                            .filter(index -> isKept(partition.classOf(axis, index)))
                            .toArray());
        });
    }

    private boolean isKept(int member) {
        return member == ChannelPartition.FROZEN || !removed.get(member);
    }

    /// Whether some of its indices go.
    boolean isCut(Axis axis) {
        return ofSpace.containsKey(structure.partition().spaceOf(axis.id()));
    }

    boolean isCut(ChannelTensor tensor) {
        for (int axis = 0; axis < tensor.rank(); axis++) {
            if (isCut(tensor.axis(axis))) {
                return true;
            }
        }
        return false;
    }

    /// Names of the main graph's values that lose indices.
    Set<String> cutValues() {
        return structure.graph().tensors().stream()
                .filter(tensor -> tensor.value().graph().path().isEmpty() && isCut(tensor))
                .map(tensor -> tensor.value().name())
                .collect(Collectors.toSet());
    }

    /// The indices that stay, in order.
    int[] of(Axis axis) {
        int[] kept = ofSpace.get(structure.partition().spaceOf(axis.id()));
        return kept != null
                ? kept
                : IntStream.range(0, Math.toIntExact(structure.graph().links().sizeOf(axis)))
                        .toArray();
    }

    /// The indices that go, in order.
    List<Integer> removed(Axis axis) {
        int space = structure.partition().spaceOf(axis.id());
        int first = structure.partition().axesOf(space)[0];
        return IntStream.range(0, structure.partition().liveSize(space))
                .filter(index -> !isKept(structure.partition().classOf(first, index)))
                .boxed()
                .toList();
    }

    /// How many stay; of an axis that each group of a weight has for itself, in each group.
    long count(Axis axis) {
        int[] kept = ofSpace.get(structure.partition().spaceOf(axis.id()));
        return kept == null
                ? axis.size()
                : kept.length / structure.graph().links().groupsOf(axis);
    }

    ChannelOptions options() {
        return structure.graph().links().options();
    }

    int groupsOf(Axis axis) {
        return structure.graph().links().groupsOf(axis);
    }
}
