package dev.espalier.pruning.channels;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Where a number can be added to each output of an operator: its bias, that of an addition that follows, or a
/// new one.
///
/// @param node the node that adds it
/// @param input its operand; -1 for an addition that is still to be made
/// @param factor by how much the operator multiplies what it sums before it adds the bias
record Biases(Node node, int input, double factor) {
    /// Whether every place of the output sees a constant channel alike. Windows that reach into the padding do
    /// not.
    static boolean isUnpadded(ChannelOp op) {
        if (!op.node().operator().contains("Conv")) {
            return true;
        }
        String auto = op.text("auto_pad", "NOTSET");
        boolean isPadded =
                op.list("pads").stream().flatMapToLong(Arrays::stream).anyMatch(pad -> pad != 0);
        boolean isPlain = op.node().isOperator("Conv") || op.isMicrosoft();
        return isPlain && !isPadded && (auto.equals("NOTSET") || auto.equals("VALID"));
    }

    /// The bias of an operator; none if it cannot have one.
    static Optional<Biases> of(WeightedSum sum) {
        Node node = sum.op().node();
        boolean isOnTheRight =
                sum.op().optionalIn(1).filter(in -> in == sum.weight()).isPresent();
        if (!isUnpadded(sum.op()) || !isOnTheRight) {
            return Optional.empty();
        }
        return switch (node.operator()) {
            case "Conv" -> isVector(node.input(2), sum) ? Optional.of(new Biases(node, 2, 1)) : Optional.empty();
            case "Gemm" -> {
                double beta = sum.op().real("beta", 1);
                boolean isAdded = beta != 0 && isVector(node.input(2), sum);
                yield isAdded ? Optional.of(new Biases(node, 2, sum.op().real("alpha", 1) / beta)) : Optional.empty();
            }
            case "MatMul" -> sum.weight().rank() == 2 ? after(sum) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static boolean isVector(Optional<Value> bias, WeightedSum sum) {
        long outputs = sum.out().size();
        return bias.isEmpty()
                || bias.get()
                        .constant()
                        .filter(constant -> constant.shape().rank() >= 1
                                && constant.shape().elementCount() == outputs
                                && constant.shape().dim(constant.shape().rank() - 1) == outputs
                                && Elements.canWrite(constant.type())
                                && !bias.get().isInput())
                        .isPresent();
    }

    /// The vector that the only reader of a product adds to it; otherwise a new addition. What the graph gives
    /// out keeps
    /// its name, and so its producer.
    private static Optional<Biases> after(WeightedSum sum) {
        Value product = sum.op().out(0).value();
        if (product.isOutput()) {
            return Optional.empty();
        }
        if (product.uses().size() == 1) {
            Use use = product.uses().iterator().next();
            Optional<Value> other =
                    use.index() > 1 ? Optional.empty() : use.node().input(1 - use.index());
            boolean isAdded = use.node().isOperator("Add")
                    && other.filter(Value::isInitializer).isPresent()
                    && isVector(other, sum);
            if (isAdded) {
                return Optional.of(new Biases(use.node(), 1 - use.index(), 1));
            }
        }
        return Optional.of(new Biases(sum.op().node(), -1, 1));
    }

    /// Adds numbers to it.
    ///
    /// @param type of the operator's elements
    void add(double[] numbers, ElementType type, GraphPatch patch) {
        Optional<Value> old = input < 0 ? Optional.empty() : patch.inputOf(node, input);
        Constant constant = old.flatMap(Value::constant).orElse(null);
        double[] sums = constant == null ? new double[numbers.length] : Elements.of(constant);
        for (int i = 0; i < sums.length; i++) {
            sums[i] += factor * numbers[i];
        }
        Shape shape = constant == null ? Shape.of(sums.length) : constant.shape();
        Constant bias = Constant.Dense.raw(Elements.tensor(type, shape, sums));
        String stem = old.map(Value::name).orElse(node.label() + "_bias");
        Value value = patch.addInitializer(node.graph(), stem, bias);
        if (input >= 0) {
            patch.setInput(node, input, value);
            return;
        }
        Value output = node.output(0).orElseThrow();
        List<Use> readers = List.copyOf(output.uses());
        List<Attribute> none = List.of();
        Value added = patch.insertAfter(node, "Add", output.name() + "_biased", List.of(output, value), none);
        readers.forEach(use -> patch.setInput(use.node(), use.index(), added));
    }
}
