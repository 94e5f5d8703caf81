package dev.espalier.pruning.channels;

import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.NameGlob;
import dev.espalier.pruning.PruningException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Names of the layers whose outputs the channels of a group are.
final class LayerNames {
    private final ChannelStructure structure;
    private final Map<Integer, List<ChannelTensor>> producers = new HashMap<>();
    private final Map<Integer, List<ChannelTensor>> readers = new HashMap<>();
    private final Map<Integer, List<String>> kinds = new HashMap<>();

    LayerNames(ChannelStructure structure) {
        this.structure = structure;
        Set<Integer> summed = new HashSet<>();
        for (ChannelLinks.Sum sum : structure.graph().links().sums()) {
            summed.add(sum.a().id());
            if (sum.b() != null) {
                summed.add(sum.b().id());
            }
        }
        for (ChannelTensor tensor : structure.graph().tensors()) {
            for (int axis = 0; axis < tensor.rank(); axis++) {
                int id = tensor.axis(axis).id();
                if (tensor.isStored() && structure.graph().links().isWeight(id)) {
                    int space = structure.partition().spaceOf(id);
                    String kind = tensor.use().orElseThrow().node().operator() + axis;
                    kinds.computeIfAbsent(space, s -> new ArrayList<>()).add(kind);
                    (summed.contains(id) ? readers : producers)
                            .computeIfAbsent(space, s -> new ArrayList<>())
                            .add(tensor);
                }
            }
        }
    }

    /// Whether a name means a layer that makes channels of the group.
    boolean means(NameGlob glob, ChannelGroup group) {
        for (int space : group.spaces()) {
            for (ChannelTensor weight : producers.getOrDefault(space, List.of())) {
                if (means(glob, weight)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean means(NameGlob glob, ChannelTensor weight) {
        Node node = weight.use().orElseThrow().node();
        Value value = weight.source();
        return glob.matches(node.name())
                || glob.matches(node.label())
                || glob.matches(value.name())
                || glob.matches(value.path());
    }

    /// The names of the layers that make channels of the group.
    List<String> layersOf(ChannelGroup group) {
        return namesOf(group, producers);
    }

    /// The names of the layers that read channels of the group.
    List<String> readersOf(ChannelGroup group) {
        return namesOf(group, readers);
    }

    private static List<String> namesOf(ChannelGroup group, Map<Integer, List<ChannelTensor>> weights) {
        return Arrays.stream(group.spaces())
                .boxed()
                .flatMap(space -> weights.getOrDefault(space, List.of()).stream())
                .map(weight -> weight.use().orElseThrow().node().label())
                .distinct()
                .toList();
    }

    /// The operators that read and write the group's channels, and along which axes of their weights.
    List<String> kindOf(ChannelGroup group) {
        List<String> kind = new ArrayList<>();
        for (int space : group.spaces()) {
            kind.addAll(kinds.getOrDefault(space, List.of()));
        }
        return kind.stream().sorted().toList();
    }

    /// @throws PruningException if the name means no layer at all
    void requireMeaning(String option, NameGlob glob) {
        boolean isLayer = structure.graph().tensors().stream()
                .filter(ChannelTensor::isStored)
                .anyMatch(tensor -> means(glob, tensor));
        if (!isLayer) {
            throw new PruningException(
                    "no node or tensor is named '" + glob + "'",
                    option + " " + glob,
                    "`espalier inspect --channels` lists the layers");
        }
    }
}
