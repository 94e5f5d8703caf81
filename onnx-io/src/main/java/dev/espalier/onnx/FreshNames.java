package dev.espalier.onnx;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Names that no value of a model has yet, in nested graphs either.
final class FreshNames {
    private final Map<Graph, Set<String>> takenByRoot = new HashMap<>();

    /// The stem itself, or with the first number after it that makes it new.
    String of(Graph graph, String stem) {
        Graph root = graph;
        while (root.outer().isPresent()) {
            root = root.outer().get();
        }
        Set<String> taken = takenByRoot.computeIfAbsent(root, FreshNames::namesIn);
        String name = stem;
        for (int i = 1; !taken.add(name); i++) {
            name = stem + "_" + i;
        }
        return name;
    }

    private static Set<String> namesIn(Graph root) {
        Set<String> names = new HashSet<>();
        collect(root, names);
        return names;
    }

    private static void collect(Graph graph, Set<String> names) {
        names.addAll(graph.names());
        graph.nodes().forEach(node -> node.bodies().forEach(body -> collect(body, names)));
    }
}
