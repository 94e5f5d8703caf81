package dev.espalier.pruning.channels;

import dev.espalier.onnx.Model;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// What can be removed from a model, index by index, and what cannot.
public final class ChannelStructure {
    private final ChannelGraph graph;
    private final ChannelPartition partition;
    private final List<ChannelGroup> groups;
    private final int[][] indicesOfClass;
    private final int[][] spacesOfClass;
    private final BitSet unbalanced = new BitSet();

    private ChannelStructure(ChannelGraph graph, ChannelPartition partition) {
        this.graph = graph;
        this.partition = partition;
        this.indicesOfClass = new int[partition.classCount()][];
        this.spacesOfClass = new int[partition.classCount()][];
        collectMembers();
        this.groups = ChannelGroups.of(this, unbalanced);
    }

    /// Analyses a model.
    ///
    /// @param probe shows sizes that the file does not declare
    public static ChannelStructure of(Model model, ShapeProbe probe) {
        return of(model, probe, ChannelOptions.EXACT);
    }

    /// Analyses a model.
    ///
    /// @param probe shows sizes that the file does not declare
    /// @param options what is looked for
    public static ChannelStructure of(Model model, ShapeProbe probe, ChannelOptions options) {
        ChannelGraph graph =
                ChannelGraph.of(model, new ModelShapes(probe.observe(), Origins.in(model.allGraphs())), options);
        return new ChannelStructure(graph, DigitChoice.resolve(graph));
    }

    private void collectMembers() {
        int[] count = new int[partition.classCount()];
        eachMember((space, index, member) -> count[member]++);
        for (int i = 0; i < count.length; i++) {
            indicesOfClass[i] = new int[count[i]];
            spacesOfClass[i] = new int[count[i]];
        }
        Arrays.fill(count, 0);
        eachMember((space, index, member) -> {
            indicesOfClass[member][count[member]] = index;
            spacesOfClass[member][count[member]++] = space;
        });
    }

    private interface Member {
        void at(int space, int index, int member);
    }

    private void eachMember(Member action) {
        for (int space = 0; space < partition.spaceCount(); space++) {
            int axis = partition.axesOf(space)[0];
            for (int index = 0; index < partition.liveSize(space); index++) {
                int member = partition.classOf(axis, index);
                if (member != ChannelPartition.FROZEN) {
                    action.at(space, index, member);
                }
            }
        }
    }

    /// The model that it was found in.
    public Model model() {
        return graph.model();
    }

    ChannelGraph graph() {
        return graph;
    }

    ChannelPartition partition() {
        return partition;
    }

    List<ChannelGroup> groups() {
        return groups;
    }

    /// The spaces of a class, one for each member.
    int[] spacesOf(int member) {
        return spacesOfClass[member];
    }

    /// The indices of a class in these spaces.
    int[] indicesOf(int member) {
        return indicesOfClass[member];
    }

    /// An axis of a space: all of them lose the same indices.
    Axis axisOf(int space) {
        return graph.axis(partition.axesOf(space)[0]);
    }

    /// Whether any axis of the space is one of a weight that an operator multiplies by.
    boolean hasWeight(int space) {
        return Arrays.stream(partition.axesOf(space)).anyMatch(graph.links()::isWeight);
    }

    /// Whether any axis of the space has the heads of an attention.
    boolean hasHeads(int space) {
        return Arrays.stream(partition.axesOf(space)).anyMatch(graph.links()::hasHeads);
    }

    /// Whether no choice of channels could leave as many in each block of the axis, or of one that shares its
    /// channels.
    boolean isUnbalanced(Axis axis) {
        int space = partition.spaceOf(axis.id());
        return unbalanced.stream()
                .map(quota -> graph.links().quotas().get(quota).axis())
                .anyMatch(other -> partition.spaceOf(other) == space);
    }

    /// The indices that stay when some classes go.
    KeptIndices keep(BitSet removed) {
        return new KeptIndices(this, removed);
    }
}
