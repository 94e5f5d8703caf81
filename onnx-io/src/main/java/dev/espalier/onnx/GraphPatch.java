package dev.espalier.onnx;

import dev.espalier.sparse.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A labelled edit of a graph. Operations are collected, then [#apply] checks that the result hangs
/// together and makes all of them, or none. The only way to change a graph that has been read.
public final class GraphPatch {
    private final String label;
    private final Map<Value, Constant> constants = new LinkedHashMap<>();
    private final Map<Value, Value> replacements = new LinkedHashMap<>();
    private final Set<Node> nodes = new LinkedHashSet<>();
    private final Set<Value> initializers = new LinkedHashSet<>();
    private final Set<Value> inputs = new LinkedHashSet<>();
    private final Map<Value, Constant> resized = new LinkedHashMap<>();
    private final Map<Value, Map<Integer, Long>> declarations = new LinkedHashMap<>();
    private final Map<Use, Value> reads = new LinkedHashMap<>();
    private final List<Runnable> others = new ArrayList<>();
    private final FreshNames names = new FreshNames();
    private final Set<Value> openings = new LinkedHashSet<>();

    private GraphPatch(String label) {
        this.label = label;
    }

    /// @param label what the edit is for, which is named if it cannot be made
    public static GraphPatch labelled(String label) {
        return new GraphPatch(label);
    }

    /// Gives an initializer or a Constant node other contents of the same type and shape. A Constant node
    /// becomes an initializer if they are packed.
    public GraphPatch replaceConstant(Value value, Constant constant) {
        constants.put(value, constant);
        return this;
    }

    /// Makes every node that reads `value` read `other` instead. Outputs of a graph keep their name and
    /// cannot be moved.
    public GraphPatch replaceAllUses(Value value, Value other) {
        replacements.put(value, other);
        return this;
    }

    /// Removes nodes whose outputs nothing reads but themselves.
    public GraphPatch removeNodes(Collection<Node> all) {
        nodes.addAll(all);
        return this;
    }

    /// Removes an initializer that nothing reads.
    public GraphPatch removeInitializer(Value value) {
        initializers.add(value);
        return this;
    }

    /// Takes an initializer out of its graph's inputs, so that callers can no longer override it.
    public GraphPatch removeInput(Value value) {
        inputs.add(value);
        return this;
    }

    /// Gives an initializer or a Constant node other contents of the same type and of any shape. What its graph
    /// declares
    /// of it follows.
    public GraphPatch resizeConstant(Value value, Constant constant) {
        resized.put(value, constant);
        Map<Integer, Long> dims = new LinkedHashMap<>();
        for (int axis = 0; axis < constant.shape().rank(); axis++) {
            dims.put(axis, constant.shape().dim(axis));
        }
        return redeclare(value, dims);
    }

    /// Corrects the sizes that a graph declares of a value.
    ///
    /// @param sizes by axis; those that are not named stay as they are declared
    public GraphPatch redeclare(Value value, Map<Integer, Long> sizes) {
        declarations.put(value, Map.copyOf(sizes));
        return this;
    }

    /// Adds an initializer.
    ///
    /// @param stem what its name begins with; the name is new in the whole model
    /// @return the value, which is in the graph once the edit is made
    public Value addInitializer(Graph graph, String stem, Constant constant) {
        Value value = new Value(names.of(graph, stem), graph);
        others.add(() -> {
            graph.adopt(value);
            graph.addInitializer(value, new Value.Held(constant, null, true));
        });
        return value;
    }

    /// Makes one input of a node read another value, which must be made before the node runs. An input that was left
    /// out
    /// at the end may be given.
    public GraphPatch setInput(Node node, int index, Value value) {
        reads.put(new Use(node, index), value);
        return this;
    }

    /// What an input of a node will read.
    public Optional<Value> inputOf(Node node, int index) {
        return Optional.ofNullable(reads.get(new Use(node, index))).or(() -> node.input(index));
    }

    /// Sets an attribute of numbers, in the place of one of that name or after the others.
    public GraphPatch setAttribute(Node node, Attribute attribute) {
        others.add(() -> node.setAttribute(attribute));
        return this;
    }

    /// Removes an attribute if the node has it.
    public GraphPatch removeAttribute(Node node, String name) {
        others.add(() -> node.removeAttribute(name));
        return this;
    }

    /// Adds a node of the standard's operators with one output right before another node.
    ///
    /// @param stem what the output's name begins with
    /// @return the output, which is in the graph once the edit is made
    public Value insertBefore(
            Node next, String operator, String stem, List<Value> nodeInputs, List<Attribute> attributes) {
        return insert(next, 0, operator, stem, nodeInputs, attributes);
    }

    /// The same right after another node.
    public Value insertAfter(
            Node previous, String operator, String stem, List<Value> nodeInputs, List<Attribute> attributes) {
        return insert(previous, 1, operator, stem, nodeInputs, attributes);
    }

    private Value insert(
            Node place, int offset, String operator, String stem, List<Value> nodeInputs, List<Attribute> attributes) {
        Graph graph = place.graph();
        Value output = new Value(names.of(graph, stem), graph);
        others.add(() -> {
            graph.adopt(output);
            graph.insertNode(place, offset, Node.made(graph, operator, nodeInputs, output, attributes));
        });
        return output;
    }

    /// Makes a value that is none yet an output of its graph, undeclared.
    public GraphPatch addOutput(Value value) {
        others.add(() -> value.graph().addUndeclaredOutput(value));
        return this;
    }

    /// Makes an initializer of the main graph an input too, so that callers may override it and no runtime
    /// takes it for a constant.
    public GraphPatch addInput(Value value) {
        openings.add(value);
        return this;
    }

    /// Gives a graph other inputs, in place of those that it has: what nodes make comes from outside then, and nobody
    /// reads it from these nodes any more. Initializers that are inputs stay so.
    ///
    /// @param types of the new inputs; their shapes are left open
    /// @return the inputs' names, which are new where a node makes a value of the old one
    public Map<Value, String> replaceInputs(Graph graph, Map<Value, ElementType> types) {
        Map<Value, String> given = new LinkedHashMap<>();
        types.keySet()
                .forEach(value ->
                        given.put(value, value.isInput() ? value.name() : names.of(graph, value.name() + "_given")));
        others.add(() -> {
            graph.inputs().stream()
                    .filter(input -> !input.isInitializer() && !types.containsKey(input))
                    .forEach(graph::removeInput);
            given.forEach((value, name) -> {
                if (!value.isInput()) {
                    Value input = new Value(name, graph);
                    graph.adopt(input);
                    ElementType type = types.getOrDefault(value, ElementType.UNKNOWN);
                    graph.addInput(ValueType.declareAnyShape(name, type), input);
                    List.copyOf(value.uses()).forEach(use -> use.node().replaceInput(use.index(), input));
                }
            });
        });
        return given;
    }

    /// Gives a graph other outputs, in place of those that it has and undeclared: what it computes on the way.
    public GraphPatch replaceOutputs(Graph graph, List<Value> values) {
        others.add(() -> graph.replaceOutputs(values));
        return this;
    }

    /// Makes the edit.
    ///
    /// @return whether there was anything to do
    /// @throws IllegalStateException if it would leave a broken graph; then nothing has changed
    public boolean apply() {
        List<String> faults = new ArrayList<>();
        checkConstants(faults);
        checkReplacements(faults);
        checkRemovals(faults);
        if (!faults.isEmpty()) {
            throw new IllegalStateException("cannot " + label + ": " + String.join("; ", faults));
        }
        constants.forEach(GraphPatch::setConstant);
        resized.forEach(GraphPatch::setConstant);
        declarations.forEach((value, sizes) -> value.graph().redeclare(value, sizes));
        others.forEach(Runnable::run);
        reads.forEach((use, value) -> use.node().replaceInput(use.index(), value));
        replacements.forEach((value, other) ->
                List.copyOf(value.uses()).forEach(use -> use.node().replaceInput(use.index(), other)));
        byGraph(nodes, Node::graph).forEach(Graph::removeNodes);
        byGraph(initializers, Value::graph).forEach(Graph::removeInitializers);
        inputs.forEach(value -> value.graph().removeInput(value));
        openings.forEach(GraphPatch::open);
        return !(constants.isEmpty()
                && resized.isEmpty()
                && declarations.isEmpty()
                && others.isEmpty()
                && reads.isEmpty()
                && replacements.isEmpty()
                && nodes.isEmpty()
                && initializers.isEmpty()
                && inputs.isEmpty()
                && openings.isEmpty());
    }

    private void checkConstants(List<String> faults) {
        resized.forEach((value, constant) -> {
            Constant old = value.constant().orElse(null);
            if (old == null) {
                faults.add("'" + value + "' is not a constant");
            } else if (old.type() != constant.type()) {
                faults.add("'" + value + "' is " + old.type() + ", not " + constant.type());
            }
        });
        constants.forEach((value, constant) -> {
            Constant old = value.constant().orElse(null);
            if (old == null) {
                faults.add("'" + value + "' is not a constant");
            } else if (old.type() != constant.type() || !old.shape().equals(constant.shape())) {
                faults.add("'" + value + "' is " + old.type() + " " + old.shape() + ", not " + constant.type() + " "
                        + constant.shape());
            } else if (constant instanceof Constant.Packed && value.graph().isFunction()) {
                faults.add("'" + value + "' is in a function, which has no initializers to make it of");
            } else if (constant instanceof Constant.Packed && value.isInput() && !inputs.contains(value)) {
                faults.add("'" + value + "' is a graph input, which no node can make");
            }
        });
    }

    private void checkReplacements(List<String> faults) {
        replacements.forEach((value, other) -> {
            if (value.isOutput()) {
                faults.add("'" + value + "' is an output of its graph");
            }
            boolean declared = value.type() instanceof ValueType.Tensor && other.type() instanceof ValueType.Tensor;
            if (declared && !value.type().equals(other.type())) {
                faults.add("'" + other + "' is " + other.type() + ", '" + value + "' is " + value.type());
            }
            boolean visible = value.uses().stream()
                    .allMatch(use -> use.node().graph().visible(other.name()).orElse(null) == other);
            if (!visible) {
                faults.add("'" + other + "' is not visible where '" + value + "' is read");
            }
        });
    }

    private void checkRemovals(List<String> faults) {
        for (Node node : nodes) {
            node.outputs().forEach(value -> requireUnread(value, faults));
        }
        initializers.forEach(value -> {
            requireUnread(value, faults);
            if (!value.isInitializer()) {
                faults.add("'" + value + "' is not an initializer");
            }
        });
        for (Value value : inputs) {
            if (!value.isInput() || !value.isInitializer()) {
                faults.add("'" + value + "' is not an input with a default");
            }
        }
        for (Value value : openings) {
            boolean isInMainGraph = value.graph().path().isEmpty();
            if (!value.isInitializer() || value.isInput() || !isInMainGraph || isPacked(value)) {
                faults.add("'" + value + "' is not an initializer of the main graph that could be an input");
            }
        }
    }

    private boolean isPacked(Value value) {
        return Optional.ofNullable(constants.get(value)).or(value::constant).orElseThrow() instanceof Constant.Packed;
    }

    private static void open(Value value) {
        Constant constant = value.constant().orElseThrow();
        Object[] dims = Arrays.stream(constant.shape().dims()).boxed().toArray();
        value.graph().addInput(ValueType.declare(value.name(), constant.type(), dims), value);
    }

    /// Reads by nodes that go as well, alone or with the graph they are in, do not count.
    private void requireUnread(Value value, List<String> faults) {
        boolean read = !replacements.containsKey(value) && value.uses().stream().anyMatch(use -> !goes(use.node()));
        if (read || value.isOutput()) {
            faults.add("'" + value + "' is still read");
        }
    }

    private boolean goes(Node node) {
        return nodes.contains(node) || node.graph().owner().map(this::goes).orElse(false);
    }

    private static <T> Map<Graph, Set<T>> byGraph(Set<T> all, Function<T, Graph> graphOf) {
        return all.stream().collect(Collectors.groupingBy(graphOf, LinkedHashMap::new, Collectors.toSet()));
    }

    private static void setConstant(Value value, Constant constant) {
        Value.Held held = value.held();
        if (held != null) {
            value.setInitializer(held.with(constant));
            return;
        }
        Node node = value.producer().orElseThrow();
        if (constant instanceof Constant.Packed) {
            value.graph()
                    .replaceConstantNode(
                            node,
                            value,
                            ConstantNode.heldBy(node).named(value.name()).with(constant));
            return;
        }
        node.replaceAttribute(ConstantNode.slotOf(node), ConstantNode.attributeFor(constant));
    }
}
