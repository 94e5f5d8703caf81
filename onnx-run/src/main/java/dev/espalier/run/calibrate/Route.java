package dev.espalier.run.calibrate;

import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;

/// The order in which the nodes of a graph can be run, and what crosses each cut through it.
final class Route {
    private final Graph graph;
    private final Map<Node, Integer> places = new HashMap<>();
    private final Set<Value> dynamic = new HashSet<>();

    private Route(Graph graph) {
        this.graph = graph;
    }

    /// Of a main graph: topological, as in the file where that leaves a choice.
    static Route of(Graph graph) {
        Route route = new Route(graph);
        route.sort();
        route.follow();
        return route;
    }

    private void sort() {
        Map<Node, Integer> inFile = new HashMap<>();
        graph.nodes().forEach(node -> inFile.put(node, inFile.size()));
        Map<Node, Integer> missing = new HashMap<>();
        for (Node node : graph.nodes()) {
            for (Node reader : readers(node)) {
                missing.merge(reader, 1, Integer::sum);
            }
        }
        PriorityQueue<Node> ready = new PriorityQueue<>(Comparator.comparing(inFile::get));
        graph.nodes().stream().filter(node -> !missing.containsKey(node)).forEach(ready::add);
        while (!ready.isEmpty()) {
            Node node = ready.remove();
            places.put(node, places.size());
            for (Node reader : readers(node)) {
                if (missing.merge(reader, -1, Integer::sum) == 0) {
                    ready.add(reader);
                }
            }
        }
    }

    /// Marks what depends on the inputs: only that may be kept from one run to the next, weights may change.
    private void follow() {
        ArrayDeque<Value> next = new ArrayDeque<>(
                graph.inputs().stream().filter(input -> !input.isInitializer()).toList());
        while (!next.isEmpty()) {
            Value value = next.remove();
            if (dynamic.add(value)) {
                value.uses().forEach(use -> next.addAll(inMain(use.node()).outputs()));
            }
        }
    }

    private Set<Node> readers(Node node) {
        Set<Node> readers = new HashSet<>();
        for (Value value : node.outputs()) {
            value.uses().forEach(use -> readers.add(inMain(use.node())));
        }
        return readers;
    }

    /// The node of the main graph that it is, or in whose body it is.
    private Node inMain(Node node) {
        Node outer = node;
        for (Optional<Node> owner = outer.graph().owner();
                owner.isPresent();
                owner = outer.graph().owner()) {
            outer = owner.get();
        }
        return outer;
    }

    /// How many nodes run before this one.
    int place(Node node) {
        return places.getOrDefault(inMain(node), 0);
    }

    /// How many nodes run until a value is there.
    int behind(Value value) {
        return value.producer().map(node -> place(node) + 1).orElse(0);
    }

    /// How many nodes run before one that depends on a constant and on the inputs.
    int firstUse(Value constant) {
        int first = Integer.MAX_VALUE;
        ArrayDeque<Value> next = new ArrayDeque<>(List.of(constant));
        while (!next.isEmpty()) {
            for (Use use : next.remove().uses()) {
                for (Value output : inMain(use.node()).outputs()) {
                    if (dynamic.contains(output)) {
                        first = Math.min(first, place(use.node()));
                    } else {
                        next.add(output);
                    }
                }
            }
        }
        return first;
    }

    /// What nodes from some place on read of what is there before, names in order.
    ///
    /// @param wanted values that are read besides
    Set<String> live(int place, Set<String> wanted) {
        List<Value> all = new ArrayList<>(graph.inputs());
        graph.nodes().forEach(node -> all.addAll(node.outputs()));
        Set<String> live = new TreeSet<>();
        for (Value value : all) {
            boolean isRead =
                    wanted.contains(value.name()) || value.uses().stream().anyMatch(use -> place(use.node()) >= place);
            if (dynamic.contains(value) && behind(value) <= place && isRead) {
                live.add(value.name());
            }
        }
        return live;
    }
}
