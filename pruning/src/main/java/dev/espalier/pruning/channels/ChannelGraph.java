package dev.espalier.pruning.channels;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A model's nodes and tensors with their sizes, and what the rules say of them.
final class ChannelGraph {
    private final Model model;
    private final ModelShapes shapes;
    private final Map<Value, @Nullable ChannelTensor> made = new HashMap<>();
    private final Map<Use, @Nullable ChannelTensor> read = new HashMap<>();
    private final Map<Value, Boolean> constants = new HashMap<>();
    private final List<ChannelTensor> tensors = new ArrayList<>();
    private final Map<Node, ChannelOp> ops = new LinkedHashMap<>();
    private final Map<Node, Shuffle> shuffles = new HashMap<>();
    private final ChannelLinks links;
    private int axes;

    private ChannelGraph(Model model, ModelShapes shapes, ChannelOptions options) {
        this.links = new ChannelLinks(options);
        this.model = model;
        this.shapes = shapes;
    }

    static ChannelGraph of(Model model, ModelShapes shapes, ChannelOptions options) {
        ChannelGraph graph = new ChannelGraph(model, shapes, options);
        for (Graph each : model.allGraphs()) {
            if (!root(each).isFunction()) {
                each.nodes().forEach(graph::add);
            }
        }
        graph.shuffles.putAll(Shuffle.in(graph.ops));
        graph.ops.values().forEach(graph::link);
        graph.links.atBorders();
        graph.freezeBorders();
        return graph;
    }

    private static Graph root(Graph graph) {
        Graph root = graph;
        while (root.outer().isPresent()) {
            root = root.outer().get();
        }
        return root;
    }

    private void add(Node node) {
        if (node.isOperator("Constant")) {
            return;
        }
        List<@Nullable ChannelTensor> inputs = new ArrayList<>();
        for (int i = 0; i < node.inputCount(); i++) {
            Value value = node.input(i).orElse(null);
            inputs.add(value == null ? null : tensor(value, new Use(node, i)));
        }
        List<@Nullable ChannelTensor> outputs = new ArrayList<>();
        for (int i = 0; i < node.outputCount(); i++) {
            Value value = node.output(i).orElse(null);
            outputs.add(value == null ? null : tensor(value, new Use(node, i)));
        }
        long opset = model.opset(node.graph(), node.domain());
        ops.put(node, new ChannelOp(node, opset, inputs, outputs, shapes));
    }

    private @Nullable ChannelTensor tensor(Value value, Use use) {
        Value source = sourceOf(value);
        if (source.constant().isPresent()) {
            if (!read.containsKey(use)) {
                read.put(use, create(value, use, source));
            }
            return read.get(use);
        }
        if (!made.containsKey(value)) {
            made.put(value, create(value, null, value));
        }
        return made.get(value);
    }

    /// The constant that a chain of Identity nodes hands on, which exporters share so; otherwise the value
    /// itself.
    private static Value sourceOf(Value value) {
        Value source = value;
        for (int steps = 0; steps < 100; steps++) {
            Node producer = source.producer().orElse(null);
            if (producer == null
                    || !producer.isOperator("Identity")
                    || producer.input(0).isEmpty()) {
                break;
            }
            source = producer.input(0).get();
        }
        return source.constant().isPresent() ? source : value;
    }

    private @Nullable ChannelTensor create(Value value, @Nullable Use use, Value source) {
        ModelShapes.Sizes sizes = shapes.of(source).orElse(null);
        if (sizes == null) {
            return null;
        }
        ChannelTensor tensor = new ChannelTensor(value, use, source, sizes, axes, isConstant(value));
        axes += tensor.rank();
        tensors.add(tensor);
        return tensor;
    }

    /// Whether the model's inputs have no influence on a value.
    private boolean isConstant(Value value) {
        Boolean known = constants.get(value);
        if (known != null) {
            return known;
        }
        constants.put(value, false);
        boolean isConstant = value.constant().isPresent();
        Node producer = value.producer().orElse(null);
        if (!isConstant && producer != null && producer.bodies().isEmpty() && producer.inputCount() > 0) {
            isConstant = true;
            for (int i = 0; i < producer.inputCount(); i++) {
                isConstant &= producer.input(i).map(this::isConstant).orElse(true);
            }
        }
        constants.put(value, isConstant);
        return isConstant;
    }

    private void link(ChannelOp op) {
        links.at(op);
        Shuffle shuffle = shuffles.get(op.node());
        if (shuffle != null) {
            if (shuffle.endsAt(op)) {
                shuffle.link(links);
            }
            return;
        }
        Optional<ChannelRule> rule = ChannelRules.of(op.node());
        if (rule.isEmpty()) {
            op.tensors().forEach(tensor -> links.freezeAll(tensor, "there is no channel rule for"));
            return;
        }
        Value unknown = op.unknown().orElse(null);
        try {
            if (unknown != null) {
                throw new UnsupportedFormException("nothing tells the shape of '" + unknown + "'");
            }
            rule.get().link(op, links);
            links.freezeRest(op);
        } catch (UnsupportedFormException e) {
            op.tensors().forEach(tensor -> links.freezeAll(tensor, e.reason() + ", says"));
        }
    }

    /// What the graph is given and gives out stays as it is, and so do axes whose size is not fixed.
    private void freezeBorders() {
        for (ChannelTensor tensor : tensors) {
            for (int axis = 0; axis < tensor.rank(); axis++) {
                if (!tensor.sizes().isFixed(axis)) {
                    links.freeze(tensor.axis(axis), "its size varies with the input");
                } else if (tensor.size(axis) == 1) {
                    links.freeze(tensor.axis(axis), "it has one index only");
                } else if (tensor.size(axis) > Integer.MAX_VALUE / 2) {
                    links.freeze(tensor.axis(axis), "it is too long");
                }
            }
            obstacle(tensor).ifPresent(reason -> links.freezeAll(tensor, reason));
        }
    }

    private Optional<String> obstacle(ChannelTensor tensor) {
        Value value = tensor.value();
        if (!tensor.isStored()) {
            if (links.options().mayChangePorts() && value.graph().outer().isEmpty()) {
                return Optional.empty();
            }
            if (value.isInput()) {
                return Optional.of("an input of the " + (value.graph().outer().isPresent() ? "nested graph" : "model"));
            }
            return value.isOutput() ? Optional.of("an output of " + owner(value)) : Optional.empty();
        }
        Value source = tensor.source();
        Constant constant = source.constant().orElseThrow();
        if (source.isInput() && model.irVersion() >= 4) {
            return Optional.of("also a graph input, so that callers may replace it (--drop-initializer-inputs)");
        }
        if (constant.type().bits() < 8 || !constant.type().isCountable()) {
            return Optional.of("elements of type " + constant.type() + " are not sliced");
        }
        return Optional.empty();
    }

    private static String owner(Value value) {
        return value.graph().outer().isPresent() ? "a nested graph" : "the model";
    }

    Model model() {
        return model;
    }

    ChannelLinks links() {
        return links;
    }

    List<ChannelTensor> tensors() {
        return tensors;
    }

    /// The tensor that an axis belongs to.
    ChannelTensor tensorOf(int axis) {
        int low = 0;
        int high = tensors.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (tensors.get(middle).firstAxis() <= axis) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return tensors.get(low);
    }

    /// The axis of this number.
    Axis axis(int number) {
        ChannelTensor tensor = tensorOf(number);
        return tensor.axis(number - tensor.firstAxis());
    }

    Iterable<ChannelOp> ops() {
        return ops.values();
    }

    /// The shuffle that a node is part of.
    Optional<Shuffle> shuffle(ChannelOp op) {
        return Optional.ofNullable(shuffles.get(op.node()));
    }

    Optional<ChannelOp> op(Node node) {
        return Optional.ofNullable(ops.get(node));
    }

    /// Sizes of all axes, by number.
    long[] sizes() {
        long[] sizes = new long[axes];
        for (ChannelTensor tensor : tensors) {
            for (int axis = 0; axis < tensor.rank(); axis++) {
                sizes[tensor.firstAxis() + axis] = links.sizeOf(tensor.axis(axis));
            }
        }
        return sizes;
    }
}
