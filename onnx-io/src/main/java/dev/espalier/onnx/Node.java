package dev.espalier.onnx;

import dev.espalier.onnx.proto.AttributeProto;
import dev.espalier.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One operator call.
public final class Node {
    /// An attribute with the message it was read from.
    record Slot(Attribute attribute, @Nullable AttributeProto origin, boolean replaced) {}

    private final Graph graph;
    private final NodeProto origin;
    private final List<@Nullable Value> inputs = new ArrayList<>();
    private final List<@Nullable Value> outputs = new ArrayList<>();
    private final List<Slot> slots = new ArrayList<>();

    Node(Graph graph, NodeProto origin) {
        this.graph = graph;
        this.origin = origin;
    }

    /// The graph that it is in.
    public Graph graph() {
        return graph;
    }

    /// Its name; may be empty, need not be unique.
    public String name() {
        return origin.getName();
    }

    /// The operator, `Conv`.
    public String operator() {
        return origin.getOpType();
    }

    /// The operator's domain; empty for the standard's own, however it is written.
    public String domain() {
        return origin.getDomain().equals("ai.onnx") ? "" : origin.getDomain();
    }

    /// Which overload of a local function is called; mostly empty.
    public String overload() {
        return origin.getOverload();
    }

    /// Whether it is this operator of the standard's own domain.
    public boolean isOperator(String operator) {
        return operator().equals(operator) && domain().isEmpty();
    }

    /// A name for people: its own, or that of its first output.
    public String label() {
        return name().isEmpty() ? outputLabel() : name();
    }

    /// The name of its first output, which is unique in its graph, as its own name need not be.
    String outputLabel() {
        for (Value output : outputs) {
            if (output != null) {
                return output.name();
            }
        }
        return operator();
    }

    /// Number of inputs, those left out in the middle included.
    public int inputCount() {
        return inputs.size();
    }

    /// Input `index`; none if it is left out.
    public Optional<Value> input(int index) {
        return index < inputs.size() ? Optional.ofNullable(inputs.get(index)) : Optional.empty();
    }

    /// Number of outputs, those left out in the middle included.
    public int outputCount() {
        return outputs.size();
    }

    /// Output `index`; none if it is left out.
    public Optional<Value> output(int index) {
        return index < outputs.size() ? Optional.ofNullable(outputs.get(index)) : Optional.empty();
    }

    /// The outputs, without those left out.
    public List<Value> outputs() {
        return outputs.stream().filter(Objects::nonNull).toList();
    }

    /// The attributes, in file order.
    public List<Attribute> attributes() {
        return slots.stream().map(Slot::attribute).toList();
    }

    /// The attribute of that name.
    public Optional<Attribute> attribute(String name) {
        return slots.stream()
                .map(Slot::attribute)
                .filter(a -> a.name().equals(name))
                .findFirst();
    }

    /// The integer attribute of that name, or the default that the operator gives it.
    public long intAttribute(String name, long otherwise) {
        return attribute(name).orElse(null) instanceof Attribute.Int(String n, long value) ? value : otherwise;
    }

    /// The graphs in its attributes.
    public List<Graph> bodies() {
        List<Graph> bodies = new ArrayList<>();
        for (Slot slot : slots) {
            if (slot.attribute instanceof Attribute.Bodies(String name, List<Graph> graphs)) {
                bodies.addAll(graphs);
            }
        }
        return bodies;
    }

    NodeProto origin() {
        return origin;
    }

    List<Slot> slots() {
        return Collections.unmodifiableList(slots);
    }

    void addInput(@Nullable Value value) {
        if (value != null) {
            value.addUse(new Use(this, inputs.size()));
        }
        inputs.add(value);
    }

    void addOutput(@Nullable Value value) {
        if (value != null) {
            value.setProducer(this);
        }
        outputs.add(value);
    }

    void addAttribute(Attribute attribute, AttributeProto from) {
        slots.add(new Slot(attribute, from, false));
    }

    /// A node that no file had.
    static Node made(Graph graph, String operator, List<Value> inputs, Value output, List<Attribute> attributes) {
        NodeProto proto = NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output.name())
                .addOutput(output.name())
                .build();
        Node node = new Node(graph, proto);
        inputs.forEach(node::addInput);
        node.addOutput(output);
        attributes.forEach(attribute -> node.slots.add(new Slot(attribute, null, true)));
        return node;
    }

    void setAttribute(Attribute attribute) {
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i).attribute.name().equals(attribute.name())) {
                replaceAttribute(i, attribute);
                return;
            }
        }
        slots.add(new Slot(attribute, null, true));
    }

    void removeAttribute(String name) {
        slots.removeIf(slot -> slot.attribute.name().equals(name));
    }

    void replaceInput(int index, Value value) {
        while (inputs.size() <= index) {
            inputs.add(null);
        }
        Value old = inputs.get(index);
        if (old != null) {
            old.removeUse(new Use(this, index));
        }
        inputs.set(index, value);
        value.addUse(new Use(this, index));
    }

    /// Puts `attribute` where the one at `index` was. What is left of the old message belongs to the new one.
    void replaceAttribute(int index, Attribute attribute) {
        slots.set(index, new Slot(attribute, slots.get(index).origin, true));
    }

    /// Takes it out of the use lists of its inputs, with everything in its bodies.
    void detach() {
        for (int i = 0; i < inputs.size(); i++) {
            Value value = inputs.get(i);
            if (value != null) {
                value.removeUse(new Use(this, i));
            }
        }
        for (Graph body : bodies()) {
            body.detach();
        }
    }

    @Override
    public String toString() {
        return "node '" + graph.path() + label() + "' (" + operator() + ")";
    }
}
