package dev.espalier.run;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import java.util.function.BiConsumer;

/// A model with every element of every tensor stored.
enum DenseForm {
    /// As constants.
    CONSTANT,
    /// Those that are packed as inputs with a default, as far as they are in the main graph.
    OPEN;

    /// Makes the model dense.
    ///
    /// @return whether anything was done: whether something is stored sparse or, for [#OPEN], packed in the
    ///     main graph
    boolean applyTo(Model model) {
        GraphPatch decode = GraphPatch.labelled("decode");
        GraphPatch open = GraphPatch.labelled("open");
        forEachSparse(model, (value, constant) -> {
            decode.replaceConstant(value, Constant.of(constant.decode()));
            boolean isInMainGraph = value.graph().path().isEmpty();
            if (this == OPEN && constant instanceof Constant.Packed && isInMainGraph) {
                open.addInput(value);
            }
        });
        boolean isDecoded = decode.apply();
        return this == OPEN ? open.apply() : isDecoded;
    }

    private static void forEachSparse(Model model, BiConsumer<Value, Constant> action) {
        for (Graph graph : model.allGraphs()) {
            graph.initializers().forEach(value -> ifSparse(value, action));
            for (Node node : graph.nodes()) {
                node.outputs().forEach(value -> ifSparse(value, action));
            }
        }
    }

    private static void ifSparse(Value value, BiConsumer<Value, Constant> action) {
        value.constant().filter(Constant::isSparse).ifPresent(constant -> action.accept(value, constant));
    }
}
