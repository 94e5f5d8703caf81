package dev.espalier.onnx;

import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.TensorShapeProto;
import dev.espalier.onnx.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A list of nodes over named values: the main graph, the body of a control-flow node, or the body of a local function.
/// A nested graph sees the values of the graphs around it.
public final class Graph {
    /// An input or output with the message that declares it.
    record Port(ValueInfoProto info, Value value) {}

    private final @Nullable Node owner;
    private final String role;
    private final GraphProto rest;
    private final Map<String, Value> values = new LinkedHashMap<>();
    private final List<Port> inputs = new ArrayList<>();
    private final List<Port> outputs = new ArrayList<>();
    private final List<Value> initializers = new ArrayList<>();
    private final List<ValueInfoProto> infos = new ArrayList<>();
    private List<Node> nodes = new ArrayList<>();

    /// @param owner the node whose attribute holds it; null for a main graph and a function body
    /// @param role the attribute's name, the function's name, or nothing
    /// @param rest the message it was read from, without what is kept here as objects
    Graph(@Nullable Node owner, String role, GraphProto rest) {
        this.owner = owner;
        this.role = role;
        this.rest = rest;
    }

    /// What tells this graph's names from those of others: empty for the main graph, `if_output:then_branch/` for a
    /// body
    /// (the first output of its node and the attribute), `domain.Function/` for a function.
    public String path() {
        if (owner == null) {
            return role.isEmpty() ? "" : role + "/";
        }
        return owner.graph().path() + owner.outputLabel() + ":" + role + "/";
    }

    /// Its own name in the file.
    public String name() {
        return rest.getName();
    }

    /// The node that it is the body of; none for a main graph and a function body.
    public Optional<Node> owner() {
        return Optional.ofNullable(owner);
    }

    /// Whether it is the body of a local function, which has no initializers.
    public boolean isFunction() {
        return owner == null && !role.isEmpty();
    }

    /// The graph around it.
    public Optional<Graph> outer() {
        return owner == null ? Optional.empty() : Optional.of(owner.graph());
    }

    /// Its inputs, in order.
    public List<Value> inputs() {
        return inputs.stream().map(Port::value).toList();
    }

    /// Its outputs, in order; the same value may be there twice.
    public List<Value> outputs() {
        return outputs.stream().map(Port::value).toList();
    }

    /// Its initializers, dense ones first, in order.
    public List<Value> initializers() {
        return Collections.unmodifiableList(initializers);
    }

    /// Its nodes, in file order, which need not be topological.
    public List<Node> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    /// The value of that name in this graph.
    public Optional<Value> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /// The value that a node of this graph means by that name: its own, or one of the graphs around it.
    public Optional<Value> visible(String name) {
        Value value = values.get(name);
        if (value != null) {
            return Optional.of(value);
        }
        return owner == null ? Optional.empty() : owner.graph().visible(name);
    }

    /// How many nodes stand before a node whose output they read. The standard wants none; runtimes sort.
    public int nodesOutOfOrder() {
        Set<Node> seen = new HashSet<>();
        int count = 0;
        for (Node node : nodes) {
            for (int i = 0; i < node.inputCount(); i++) {
                Node producer = node.input(i).flatMap(Value::producer).orElse(null);
                if (producer != null && producer.graph() == this && !seen.contains(producer)) {
                    count++;
                    break;
                }
            }
            seen.add(node);
        }
        return count;
    }

    /// The names of all values.
    Set<String> names() {
        return Collections.unmodifiableSet(values.keySet());
    }

    GraphProto rest() {
        return rest;
    }

    /// The value of that name, made if this graph has none.
    Value define(String name) {
        return values.computeIfAbsent(name, n -> new Value(n, this));
    }

    List<Port> inputPorts() {
        return inputs;
    }

    List<Port> outputPorts() {
        return outputs;
    }

    List<ValueInfoProto> infos() {
        return infos;
    }

    void addInput(ValueInfoProto info, Value value) {
        value.setInput(true);
        inputs.add(new Port(info, value));
    }

    void removeInput(Value value) {
        value.setInput(false);
        inputs.removeIf(port -> port.value == value);
    }

    void addOutput(ValueInfoProto info, Value value) {
        value.countOutput(1);
        outputs.add(new Port(info, value));
    }

    /// Takes in a value that was made apart from it.
    void adopt(Value value) {
        if (values.putIfAbsent(value.name(), value) != null) {
            throw new IllegalStateException("'" + value.name() + "' is there already");
        }
    }

    void addUndeclaredOutput(Value value) {
        addOutput(ValueInfoProto.newBuilder().setName(value.name()).build(), value);
    }

    /// @param offset 0 for a place right before `place`, 1 for right after it
    void insertNode(Node place, int offset, Node node) {
        nodes.add(nodes.indexOf(place) + offset, node);
    }

    /// Corrects declared sizes, in whatever list of the graph the value is declared.
    void redeclare(Value value, Map<Integer, Long> sizes) {
        infos.replaceAll(info -> info.getName().equals(value.name()) ? resized(info, sizes) : info);
        inputs.replaceAll(port -> port.value == value ? new Port(resized(port.info, sizes), value) : port);
        outputs.replaceAll(port -> port.value == value ? new Port(resized(port.info, sizes), value) : port);
        value.setType(ValueType.resized(value.type(), sizes));
    }

    private static ValueInfoProto resized(ValueInfoProto info, Map<Integer, Long> sizes) {
        if (!info.getType().getTensorType().hasShape()) {
            return info;
        }
        ValueInfoProto.Builder builder = info.toBuilder();
        TensorShapeProto.Builder shape =
                builder.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
        sizes.forEach((axis, size) -> {
            if (axis < shape.getDimCount()) {
                shape.getDimBuilder(axis).setDimValue(size);
            }
        });
        return builder.build();
    }

    void addInfo(ValueInfoProto info) {
        infos.add(info);
    }

    void addInitializer(Value value, Value.Held held) {
        value.setInitializer(held);
        initializers.add(value);
    }

    /// Makes an initializer of the output of a Constant node.
    void replaceConstantNode(Node node, Value value, Value.Held held) {
        nodes.remove(node);
        value.setProducer(null);
        addInitializer(value, held);
    }

    void removeInitializers(Collection<Value> gone) {
        initializers.removeAll(Set.copyOf(gone));
        for (Value value : gone) {
            value.setInitializer(null);
        }
        forget(gone.stream().filter(value -> !value.isInput()).toList());
    }

    private void forget(Collection<Value> gone) {
        Set<String> names = gone.stream().map(Value::name).collect(Collectors.toSet());
        values.keySet().removeAll(names);
        infos.removeIf(info -> names.contains(info.getName()));
    }

    void addNode(Node node) {
        nodes.add(node);
    }

    void removeNodes(Set<Node> gone) {
        nodes = new ArrayList<>(nodes.stream().filter(n -> !gone.contains(n)).toList());
        gone.forEach(Node::detach);
        forget(gone.stream().flatMap(node -> node.outputs().stream()).toList());
    }

    /// Takes all nodes and outputs out of the use lists of the graphs around it.
    void detach() {
        nodes.forEach(Node::detach);
        outputs.forEach(port -> port.value.countOutput(-1));
    }

    @Override
    public String toString() {
        return path().isEmpty() ? "main graph" : "graph '" + path() + "'";
    }
}
