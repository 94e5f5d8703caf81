package dev.espalier.pruning;

import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.WeightOperator.Operand;
import java.util.ArrayList;
import java.util.List;

/// The way from where a weight is stored to the operator that multiplies by it.
///
/// @param origin where it starts: a constant, if the operand is a weight at all
/// @param handedOnBy the operators in between, from the origin on
/// @param node the operator that multiplies
/// @param operand which of its inputs
record WeightChain(Value origin, List<Node> handedOnBy, Node node, Operand operand) {
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
        return new WeightChain(value, List.copyOf(passed), node, operand);
    }

    /// Whether the node gives out its first input's elements as they are, or dequantized, perhaps in another shape.
    static boolean handsOn(Node node) {
        return (node.domain().isEmpty() && WeightOperators.PASSING_ON.contains(node.operator()))
                || (node.domain().equals("com.microsoft")
                        && WeightOperators.PASSING_ON_AT_MICROSOFT.contains(node.operator()));
    }
}
