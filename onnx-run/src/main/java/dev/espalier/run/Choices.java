package dev.espalier.run;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.channels.Origins;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// Nodes of a main graph that choose: what they give jumps where their inputs move by no more than rounding, as that
/// of TopK does between nearly equal numbers. A node chooses too if one does in its bodies.
///
/// Nodes that quantize are none of these: the jump is a step of the scale, which [Difference] knows.
final class Choices {
    private static final Set<String> OPERATORS = Set.of(
            "TopK",
            "NonMaxSuppression",
            "ArgMax",
            "ArgMin",
            "NonZero",
            "Unique",
            "Hardmax",
            "Greater",
            "GreaterOrEqual",
            "Less",
            "LessOrEqual",
            "Equal",
            "Sign",
            "Round",
            "Floor",
            "Ceil",
            "Mod");

    /// What Cast makes without dropping what is behind the point.
    private static final Set<Long> FLOATS = Set.of(1L, 10L, 11L, 16L);

    private Choices() {}

    /// Those whose inputs depend on more of the model's inputs than their sizes, in file order.
    static List<Node> in(Graph graph) {
        Origins origins = Origins.in(List.of(graph));
        return graph.nodes().stream()
                .filter(Choices::isChoice)
                .filter(node -> Origins.read(node).stream().anyMatch(value -> !origins.isOfSizes(value)))
                .toList();
    }

    private static boolean isChoice(Node node) {
        boolean isCast = node.isOperator("Cast") && !FLOATS.contains(node.intAttribute("to", 1));
        return isCast
                || (node.domain().isEmpty() && OPERATORS.contains(node.operator()))
                || node.bodies().stream().flatMap(body -> body.nodes().stream()).anyMatch(Choices::isChoice);
    }

    /// Whether two nodes give the same for the same values of the same names.
    static boolean isSame(Node one, Node other) {
        return one.operator().equals(other.operator())
                && one.domain().equals(other.domain())
                && one.inputCount() == other.inputCount()
                && IntStream.range(0, one.inputCount()).allMatch(i -> isSame(one.input(i), other.input(i)))
                && names(one.outputs()).equals(names(other.outputs()))
                && isSame(one.attributes(), other.attributes());
    }

    private static boolean isSame(Optional<Value> one, Optional<Value> other) {
        return one.isPresent() == other.isPresent() && (one.isEmpty() || isSame(one.get(), other.get()));
    }

    private static boolean isSame(Value one, Value other) {
        if (one.constant().isPresent() && other.constant().isPresent()) {
            return isSame(one.constant().get(), other.constant().get());
        }
        boolean isEitherConstant =
                one.constant().isPresent() || other.constant().isPresent();
        return !isEitherConstant && one.path().equals(other.path());
    }

    private static boolean isSame(Constant one, Constant other) {
        boolean isReadable = one.defects().isEmpty()
                && other.defects().isEmpty()
                && one.type().isCountable();
        return isReadable && one.type() == other.type() && one.decode().isSameAs(other.decode());
    }

    private static boolean isSame(List<Attribute> some, List<Attribute> others) {
        Map<String, Attribute> byName = new HashMap<>();
        others.forEach(attribute -> byName.put(attribute.name(), attribute));
        return some.size() == byName.size()
                && some.stream().allMatch(one -> byName.containsKey(one.name()) && isSame(one, byName.get(one.name())));
    }

    private static boolean isSame(Attribute one, Attribute other) {
        return switch (one) {
            case Attribute.Tensor(String name, Constant value) ->
                other instanceof Attribute.Tensor tensor && isSame(value, tensor.value());
            case Attribute.Bodies(String name, List<Graph> graphs) ->
                other instanceof Attribute.Bodies bodies
                        && graphs.size() == bodies.graphs().size()
                        && IntStream.range(0, graphs.size())
                                .allMatch(i ->
                                        isSame(graphs.get(i), bodies.graphs().get(i)));
            case Attribute.Other unknown -> false;
            default -> one.equals(other);
        };
    }

    private static boolean isSame(Graph one, Graph other) {
        List<Node> nodes = one.nodes();
        List<Node> others = other.nodes();
        return names(one.inputs()).equals(names(other.inputs()))
                && nodes.size() == others.size()
                && IntStream.range(0, nodes.size()).allMatch(i -> isSame(nodes.get(i), others.get(i)))
                && one.outputs().size() == other.outputs().size()
                && IntStream.range(0, one.outputs().size())
                        .allMatch(i ->
                                isSame(one.outputs().get(i), other.outputs().get(i)));
    }

    private static List<String> names(List<Value> values) {
        List<String> names = new ArrayList<>();
        values.forEach(value -> names.add(value.path()));
        return names;
    }
}
