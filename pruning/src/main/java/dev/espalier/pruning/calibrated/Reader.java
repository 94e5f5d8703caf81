package dev.espalier.pruning.calibrated;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import java.util.ArrayList;
import java.util.List;

/// A node that reads a constant, perhaps handed on by Identity and Transpose.
///
/// @param index which of its inputs
/// @param isTransposed whether it reads the matrix the other way round
record Reader(Node node, int index, boolean isTransposed) {
    /// All that read a constant, in the order of the file.
    static List<Reader> of(Value constant) {
        List<Reader> readers = new ArrayList<>();
        boolean isMatrix = constant.constant().orElseThrow().shape().rank() == 2;
        follow(constant, isMatrix, false, readers);
        List<Node> order = constant.graph().nodes();
        readers.sort((a, b) -> Integer.compare(order.indexOf(a.node()), order.indexOf(b.node())));
        return readers;
    }

    private static void follow(Value value, boolean isMatrix, boolean isTransposed, List<Reader> readers) {
        for (Use use : value.uses()) {
            Node node = use.node();
            if (node.isOperator("Identity")) {
                follow(node.output(0).orElseThrow(), isMatrix, isTransposed, readers);
            } else if (node.isOperator("Transpose") && isMatrix) {
                follow(node.output(0).orElseThrow(), true, isTransposed != swaps(node), readers);
            } else {
                readers.add(new Reader(node, use.index(), isTransposed));
            }
        }
    }

    /// Of a matrix: by default, and unless it says to leave the axes as they are.
    private static boolean swaps(Node transpose) {
        return !(transpose.attribute("perm").orElse(null) instanceof Attribute.Ints(String name, List<Long> axes)
                && axes.equals(List.of(0L, 1L)));
    }
}
