package dev.espalier.pruning.channels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/// A structure in words: the units of each group, with the indices that each unit has in every axis, and what freezes
/// the axes of stored numbers.
///
/// ```
/// 4 units
///   0 1 2 3 | a_w.0 a_b.0 a.1
///   0-8 9-17 18-26 27-35 | f.1 y_w.0
/// stays: an input of the model | a_w.1
/// ```
///
/// A constant that several nodes read has the reader's output after it: `w>a.0`. Indices of a unit are separated by
/// commas, `-` is from one to another, and `~` stands for none.
public final class PartitionText {
    private final ChannelStructure structure;
    private final ChannelTrace trace;

    private PartitionText(ChannelStructure structure) {
        this.structure = structure;
        this.trace = new ChannelTrace(structure);
    }

    /// All of it.
    public static String of(ChannelStructure structure) {
        return new PartitionText(structure).text();
    }

    private String text() {
        List<String> lines = new ArrayList<>();
        for (ChannelGroup group : structure.groups()) {
            lines.add(group.size() == 1 ? "1 unit" : group.size() + " units");
            Map<String, List<String>> axes = new LinkedHashMap<>();
            eachAxis(axis -> {
                String indices = indices(group, axis);
                if (!indices.replace("~", "").isBlank()) {
                    axes.computeIfAbsent(indices, i -> new ArrayList<>()).add(name(axis));
                }
            });
            axes.forEach((indices, names) -> lines.add("  " + indices + " | " + String.join(" ", names)));
        }
        Map<String, List<String>> frozen = new LinkedHashMap<>();
        eachAxis(axis -> {
            if (isNumbers(axis.tensor())) {
                collectFrozen(axis, frozen);
            }
        });
        frozen.forEach((reason, names) -> lines.add("stays: " + reason + " | " + String.join(" ", names)));
        return String.join("\n", lines) + "\n";
    }

    private interface AxisAction {
        void take(Axis axis);
    }

    /// Of every axis with several indices.
    private void eachAxis(AxisAction action) {
        for (ChannelTensor tensor : structure.graph().tensors()) {
            for (int axis = 0; axis < tensor.rank(); axis++) {
                if (structure.graph().links().sizeOf(tensor.axis(axis)) > 1) {
                    action.take(tensor.axis(axis));
                }
            }
        }
    }

    private static boolean isNumbers(ChannelTensor tensor) {
        return tensor.isStored()
                && switch (tensor.source().constant().orElseThrow().type()) {
                    case I64, I32, BOOL -> false;
                    default -> true;
                };
    }

    /// The indices of each unit in an axis, units in order.
    private String indices(ChannelGroup group, Axis axis) {
        List<String> units = new ArrayList<>();
        for (int unit = 0; unit < group.size(); unit++) {
            TreeSet<Integer> members = new TreeSet<>();
            int rank = unit;
            group.cells().forEach(cell -> members.add(cell[rank]));
            TreeSet<Integer> indices = new TreeSet<>();
            for (int i = 0; i < structure.graph().links().sizeOf(axis); i++) {
                if (members.contains(classOf(axis, i))) {
                    indices.add(i);
                }
            }
            units.add(ranges(indices));
        }
        return String.join(" ", units);
    }

    private int classOf(Axis axis, int index) {
        return structure.partition().liveSize(structure.partition().spaceOf(axis.id())) == 0
                ? ChannelPartition.FROZEN
                : structure.partition().classOf(axis.id(), index);
    }

    private static String ranges(NavigableSet<Integer> indices) {
        StringBuilder text = new StringBuilder();
        Integer next = indices.isEmpty() ? null : indices.first();
        while (next != null) {
            int last = next;
            while (indices.contains(last + 1)) {
                last++;
            }
            text.append(text.isEmpty() ? "" : ",").append(next);
            if (last > next) {
                text.append(last == next + 1 ? "," : "-").append(last);
            }
            next = indices.higher(last);
        }
        return text.isEmpty() ? "~" : text.toString();
    }

    private void collectFrozen(Axis axis, Map<String, List<String>> frozen) {
        long size = structure.graph().links().sizeOf(axis);
        boolean isInGroup = structure.groups().stream()
                .anyMatch(group -> Arrays.stream(group.spaces())
                        .anyMatch(space -> space == structure.partition().spaceOf(axis.id())));
        TreeSet<Integer> stay = new TreeSet<>();
        for (int i = 0; i < size; i++) {
            if (!isInGroup || classOf(axis, i) == ChannelPartition.FROZEN) {
                stay.add(i);
            }
        }
        if (stay.isEmpty()) {
            return;
        }
        String reason = trace.why(axis, stay.first())
                .map(ChannelTrace.Answer::reason)
                .orElse(structure.isUnbalanced(axis) ? "no equal number in each group" : "nothing wants it smaller");
        String part = stay.size() == size ? "" : "[" + ranges(stay) + "]";
        frozen.computeIfAbsent(reason, r -> new ArrayList<>()).add(name(axis) + part);
    }

    private String name(Axis axis) {
        ChannelTensor tensor = axis.tensor();
        String reader = tensor.isStored() && tensor.source().uses().size() > 1
                ? tensor.use()
                        .flatMap(use -> use.node().output(0))
                        .map(out -> ">" + out.name())
                        .orElse("")
                : "";
        return tensor.value().name() + reader + "." + axis.index();
    }
}
