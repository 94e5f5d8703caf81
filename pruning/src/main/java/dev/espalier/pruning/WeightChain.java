package dev.espalier.pruning;

import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.WeightOperator.Operand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The way from where a weight is stored to the operator that multiplies by it, into functions if it is handed to one.
///
/// @param origin where it starts: a constant, if the operand is a weight at all
/// @param handedOnBy the operators in between, from the origin on
/// @param node the operator that multiplies
/// @param operand which of its inputs
/// @param arguments what the inputs of functions on the way stand for
record WeightChain(Value origin, List<Node> handedOnBy, Node node, Operand operand, Map<Value, Value> arguments) {
    /// Longer chains do not occur; cyclic graphs do, in damaged files.
    private static final int MAX_LENGTH = 1000;

    static WeightChain endingAt(Value read, Node node, Operand operand) {
        List<Node> passed = new ArrayList<>();
        Value value = read;
        while (passed.size() < MAX_LENGTH) {
            Node producer = value.producer().filter(WeightChain::handsOn).orElse(null);
            if (producer == null || producer.input(0).isEmpty()) {
                break;
            }
            passed.addFirst(producer);
            value = producer.input(0).get();
        }
        return new WeightChain(value, List.copyOf(passed), node, operand, Map.of());
    }

    /// This one, which ends at the call of a function, and one that begins at an input of the function.
    ///
    /// @param formals the inputs of the function
    WeightChain into(WeightChain inside, List<Value> formals) {
        List<Node> passed = new ArrayList<>(handedOnBy);
        passed.addAll(inside.handedOnBy);
        Map<Value, Value> all = new HashMap<>(inside.arguments);
        for (int i = 0; i < formals.size(); i++) {
            Value formal = formals.get(i);
            node.input(i).ifPresent(argument -> all.put(formal, argument));
        }
        return new WeightChain(origin, List.copyOf(passed), inside.node, inside.operand, Map.copyOf(all));
    }

    /// An input of one of its nodes, or what stands for it outside of the function.
    Optional<Value> input(Node at, int index) {
        return index < 0 ? Optional.empty() : at.input(index).map(this::outside);
    }

    private Value outside(Value value) {
        Value at = value;
        for (Value next = arguments.get(at); next != null; next = arguments.get(at)) {
            at = next;
        }
        return at;
    }

    /// Whether the node reads the constant itself, not what another makes of it.
    boolean isRead(Node at, int index) {
        return input(at, index).filter(read -> read.equals(origin)).isPresent();
    }

    /// Whether the node gives out its first input's elements as they are, or dequantized, perhaps in another shape.
    static boolean handsOn(Node node) {
        return (node.domain().isEmpty() && WeightOperators.PASSING_ON.contains(node.operator()))
                || (node.domain().equals("com.microsoft")
                        && WeightOperators.PASSING_ON_AT_MICROSOFT.contains(node.operator()));
    }
}
