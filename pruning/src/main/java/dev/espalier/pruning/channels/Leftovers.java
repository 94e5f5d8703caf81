package dev.espalier.pruning.channels;

import dev.espalier.onnx.Graph;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Nodes and constants that an edit leaves unread. What nothing read before stays.
final class Leftovers {
    private final Set<Value> unreadBefore = new HashSet<>();

    private Leftovers() {}

    static Leftovers before(Model model) {
        Leftovers leftovers = new Leftovers();
        for (Graph graph : model.allGraphs()) {
            values(graph).stream().filter(Leftovers::isUnread).forEach(leftovers.unreadBefore::add);
        }
        return leftovers;
    }

    private static List<Value> values(Graph graph) {
        List<Value> values = new ArrayList<>(graph.initializers());
        graph.nodes().forEach(node -> values.addAll(node.outputs()));
        return values;
    }

    private static boolean isUnread(Value value) {
        return value.uses().isEmpty() && !value.isOutput();
    }

    void remove(Model model) {
        for (boolean again = true; again; ) {
            GraphPatch patch = GraphPatch.labelled("remove what is no longer read");
            for (Graph graph : model.allGraphs()) {
                patch.removeNodes(graph.nodes().stream().filter(this::isLeft).toList());
                graph.initializers().stream()
                        .filter(value -> isUnread(value) && !value.isInput() && !unreadBefore.contains(value))
                        .forEach(patch::removeInitializer);
            }
            again = patch.apply();
        }
    }

    private boolean isLeft(Node node) {
        return node.outputs().stream().allMatch(Leftovers::isUnread)
                && node.outputs().stream().anyMatch(value -> !unreadBefore.contains(value));
    }
}
