package dev.espalier.pruning.channels;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Shape;
import java.util.List;
import java.util.Optional;

/// A LayerNormalization over the last axis that leaves out some indices, in operators that a masked twin can
/// have: both means are products with a vector that is 1 / n at the n indices that stay and 0 elsewhere.
final class MaskedNorm {
    private final Node node;
    private final GraphPatch patch;
    private final Value mean;

    private MaskedNorm(ChannelOp op, Axis axis, ChannelCut cut) {
        this.node = op.node();
        this.patch = cut.patch();
        int[] kept = cut.kept(axis);
        float[] shares = new float[Math.toIntExact(axis.size())];
        for (int index : kept) {
            shares[index] = 1f / kept.length;
        }
        this.mean = number(node.label() + "_mean", Shape.of(shares.length, 1), shares);
    }

    /// Makes the readers of the node's first output read the same over what stays.
    ///
    /// @param x what is normalized
    static void replace(
            ChannelOp op, Axis axis, Value x, Value scale, Optional<Value> bias, float epsilon, ChannelCut cut) {
        new MaskedNorm(op, axis, cut).replace(x, scale, bias, epsilon);
    }

    private void replace(Value x, Value scale, Optional<Value> bias, float epsilon) {
        Value centered = add("Sub", x, add("MatMul", x, mean));
        Value variance = add("MatMul", add("Mul", centered, centered), mean);
        Value root = add("Sqrt", add("Add", variance, number(node.label() + "_epsilon", Shape.of(1), epsilon)));
        Value scaled = add("Mul", add("Div", centered, root), scale);
        Value normalized = bias.isPresent() ? add("Add", scaled, bias.get()) : scaled;
        for (Use use : List.copyOf(node.output(0).orElseThrow().uses())) {
            patch.setInput(use.node(), use.index(), normalized);
        }
    }

    private Value number(String stem, Shape shape, float... values) {
        return patch.addInitializer(node.graph(), stem, Constant.Dense.raw(DenseTensor.of(shape, values)));
    }

    /// Adds an operator right before the node.
    private Value add(String operator, Value... inputs) {
        return patch.insertBefore(node, operator, node.label() + "_" + operator, List.of(inputs), List.<Attribute>of());
    }
}
