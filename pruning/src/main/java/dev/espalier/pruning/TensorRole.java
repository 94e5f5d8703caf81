package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import java.util.Set;

/// What a constant that is no weight is there for, in the words of the report.
final class TensorRole {
    private static final Set<String> NORMALIZATIONS = Set.of(
            "BatchNormalization",
            "InstanceNormalization",
            "LayerNormalization",
            "GroupNormalization",
            "GroupNorm",
            "SkipGroupNorm",
            "RMSNormalization",
            "SimplifiedLayerNormalization",
            "SkipLayerNormalization",
            "SkipSimplifiedLayerNormalization",
            "EmbedLayerNormalization");

    private TensorRole() {}

    static String of(Value value) {
        if (value.uses().isEmpty()) {
            return value.isOutput() ? "is an output of its graph" : "read by no node";
        }
        Use use = value.uses().iterator().next();
        Node node = use.node();
        if (node.operator().startsWith("Gather") && use.index() == 0) {
            return "embedding (" + node.operator() + ")";
        }
        if (NORMALIZATIONS.contains(node.operator())) {
            return "normalization (" + node.operator() + ")";
        }
        if (WeightOperators.of(node).isPresent()) {
            Constant constant = value.constant().orElseThrow();
            return (constant.shape().rank() <= 1 && constant.type().isFloat() ? "bias of " : "parameter of ")
                    + node.operator();
        }
        return "read by " + node.operator();
    }
}
