package dev.espalier.pruning.calibrated;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Dimension;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import dev.espalier.onnx.ValueType;
import dev.espalier.sparse.ElementType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds what reads a layer's outputs.
final class ActivationSearch {
    private ActivationSearch() {}

    /// What is behind a layer, its norm and what is added to that.
    static Optional<Activation> behind(LayerUse.Product product, Optional<BatchNorm> norm) {
        Value sum = norm.map(BatchNorm::output).orElse(product.response());
        Value last = product.skip().isEmpty() ? sum : added(sum);
        if (Stream.of("Relu", "Clip")
                .flatMap(operator -> LayerSearch.onlyUse(last, operator).stream())
                .map(Use::node)
                .anyMatch(ActivationSearch::isRectifier)) {
            return Optional.of(Activation.RELU);
        }
        boolean isClassifier = product.skip().isEmpty() && isRow(product.response()) && isOutputOrItsSoftmax(last);
        return isClassifier ? Optional.of(Activation.SOFTMAX) : Optional.empty();
    }

    private static Value added(Value sum) {
        return LayerSearch.onlyUse(sum, "Add")
                .flatMap(add -> add.node().output(0))
                .orElseThrow();
    }

    /// Whether it takes what is below zero for zero, and hardly anything else for something else.
    private static boolean isRectifier(Node node) {
        if (node.isOperator("Relu")) {
            return true;
        }
        Optional<Value> least = node.input(1);
        return least.isPresent()
                ? least.flatMap(Value::constant)
                        .filter(constant -> Numbers.areIn(constant.type()))
                        .map(Constant::decode)
                        .map(Numbers::of)
                        .filter(values -> values.length == 1 && values[0] == 0)
                        .isPresent()
                : node.attribute("min").orElse(null) instanceof Attribute.Real(String name, float value) && value == 0;
    }

    private static boolean isRow(Value response) {
        return response.producer().filter(node -> node.isOperator("Gemm")).isPresent()
                || (response.type() instanceof ValueType.Tensor(ElementType element, List<Dimension> dims)
                        && dims != null
                        && dims.size() == 2);
    }

    private static boolean isOutputOrItsSoftmax(Value response) {
        return response.isOutput()
                || Stream.of("Softmax", "LogSoftmax")
                        .flatMap(operator -> LayerSearch.onlyUse(response, operator).stream())
                        .flatMap(use -> use.node().output(0).stream())
                        .anyMatch(Value::isOutput);
    }
}
