package dev.espalier.pruning.channels;

import dev.espalier.pruning.PruningException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Why the indices of a tensor can go or not, axis by axis.
///
/// @param tensor its path
/// @param axes one answer for each
public record ChannelWhy(String tensor, List<AxisAnswer> axes) {
    /// One axis.
    ///
    /// @param axis its number
    /// @param size how many indices it has
    /// @param removable how many of them can go
    /// @param group the groups that they belong to; empty if none can go
    /// @param reason what freezes the first index that cannot go, a clause; empty if all can go
    /// @param way from the tensor to there, a line for each node
    public record AxisAnswer(int axis, long size, long removable, String group, String reason, List<String> way) {
        public AxisAnswer {
            way = List.copyOf(way);
        }
    }

    public ChannelWhy {
        axes = List.copyOf(axes);
    }

    /// Looks for the tensor by its name or path; a constant as its first node reads it.
    ///
    /// @throws PruningException if there is no such tensor
    public static ChannelWhy of(ChannelStructure structure, String name) {
        ChannelTensor tensor = find(structure, name)
                .orElseThrow(() -> new PruningException(
                        "no tensor is named '" + name + "'",
                        "--why " + name,
                        "it takes the name of a tensor in the file: a weight, or what a node gives out"));
        ChannelTrace trace = new ChannelTrace(structure);
        List<AxisAnswer> axes = new ArrayList<>();
        for (int axis = 0; axis < tensor.rank(); axis++) {
            axes.add(answer(structure, tensor.axis(axis), trace));
        }
        return new ChannelWhy(tensor.toString(), axes);
    }

    /// Why constants with two axes or more, which could be weights, stay as they are: what freezes the first axis with
    /// several indices of each that a node reads.
    public static List<String> ofMatrices(ChannelStructure structure) {
        ChannelTrace trace = new ChannelTrace(structure);
        return structure.graph().tensors().stream()
                .filter(tensor -> tensor.isStored() && tensor.rank() > 1)
                .flatMap(tensor -> IntStream.range(0, tensor.rank())
                        .mapToObj(tensor::axis)
                        .filter(axis -> axis.size() > 1)
                        .limit(1))
                .map(axis -> answer(structure, axis, trace).reason())
                .filter(reason -> !reason.isEmpty())
                .toList();
    }

    private static Optional<ChannelTensor> find(ChannelStructure structure, String name) {
        return structure.graph().tensors().stream()
                .filter(tensor -> List.of(
                                tensor.value().name(),
                                tensor.value().path(),
                                tensor.source().name(),
                                tensor.source().path())
                        .contains(name))
                .findFirst();
    }

    private static AxisAnswer answer(ChannelStructure structure, Axis axis, ChannelTrace trace) {
        ChannelPartition partition = structure.partition();
        long size = partition.liveSize(partition.spaceOf(axis.id()));
        long removable = 0;
        int frozen = size == 0 ? 0 : -1;
        for (int i = 0; i < size; i++) {
            boolean isFrozen = partition.classOf(axis.id(), i) == ChannelPartition.FROZEN;
            removable += isFrozen ? 0 : 1;
            frozen = isFrozen && frozen < 0 ? i : frozen;
        }
        String groups = structure.groups().stream()
                .filter(group -> Arrays.stream(group.spaces()).anyMatch(space -> space == partition.spaceOf(axis.id())))
                .map(group -> String.valueOf(group.id()))
                .collect(Collectors.joining(", "));
        if (axis.size() == 1) {
            return new AxisAnswer(axis.index(), 1, 0, "", "it has one index only", List.of());
        }
        if (frozen < 0 && groups.isEmpty()) {
            String reason = structure.isUnbalanced(axis)
                    ? "as many would have to stay in each group of a convolution, which no choice can do"
                    : "no weight would become smaller";
            return new AxisAnswer(axis.index(), axis.size(), 0, "", reason, List.of());
        }
        Optional<ChannelTrace.Answer> why = frozen < 0 ? Optional.empty() : trace.why(axis, frozen);
        return new AxisAnswer(
                axis.index(),
                axis.size(),
                groups.isEmpty() ? 0 : removable,
                groups,
                why.map(ChannelTrace.Answer::reason).orElse(""),
                why.map(answer -> answer.steps().stream()
                                .skip(1)
                                .map(step -> step.node() + " -> " + step.axis())
                                .toList())
                        .orElse(List.of()));
    }
}
