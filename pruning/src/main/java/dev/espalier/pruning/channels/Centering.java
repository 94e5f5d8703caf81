package dev.espalier.pruning.channels;

import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import java.util.Optional;

/// Recognises the means of a LayerNormalization that an exporter has written out: what is subtracted from the
/// numbers it is the mean of, and the mean of the squares of these differences.
final class Centering {
    private Centering() {}

    /// Whether a ReduceMean is one of the two.
    static boolean isPartOf(Node mean) {
        Value read = mean.input(0).orElse(null);
        return read != null && mean.isOperator("ReduceMean") && (isTakenAway(mean, read) || isOfSquares(read));
    }

    private static boolean isTakenAway(Node mean, Value read) {
        Value output = mean.output(0).orElse(null);
        return output != null
                && output.uses().stream()
                        .anyMatch(use -> use.index() == 1
                                && use.node().isOperator("Sub")
                                && use.node()
                                        .input(0)
                                        .filter(from -> from == read)
                                        .isPresent());
    }

    private static boolean isOfSquares(Value squares) {
        return squares.producer()
                .filter(node -> node.isOperator("Pow") || node.isOperator("Mul"))
                .flatMap(node -> node.input(0))
                .filter(Centering::isDifference)
                .isPresent();
    }

    private static boolean isDifference(Value value) {
        Optional<Node> producer = value.producer().filter(node -> node.isOperator("Sub"));
        Value from = producer.flatMap(node -> node.input(0)).orElse(null);
        return from != null
                && producer.flatMap(node -> node.input(1))
                        .flatMap(Value::producer)
                        .filter(mean -> mean.isOperator("ReduceMean") && isTakenAway(mean, from))
                        .isPresent();
    }
}
