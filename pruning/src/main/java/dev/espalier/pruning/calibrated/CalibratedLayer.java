package dev.espalier.pruning.calibrated;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.Weight;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import java.util.Optional;

/// A layer that can be calibrated: where its inputs and outputs are to be observed, and where its bias is.
///
/// @param weight its weight
/// @param matrix how the weight multiplies
/// @param node the operator: Conv, Gemm or MatMul
/// @param input what it multiplies
/// @param response what it gives, with the bias if that is added by a node of its own
/// @param bias the constant that is added; none if there is none, or if it is not this layer's alone
/// @param norm the normalization that alone reads the response, which takes a bias in place of the layer
/// @param skip what is added to the response (after the norm) alone: the other input of a residual Add
public record CalibratedLayer(
        Weight weight,
        WeightMatrix matrix,
        Node node,
        Value input,
        Value response,
        Optional<Value> bias,
        Optional<BatchNorm> norm,
        Optional<Value> skip) {
    /// A layer, or why there is none.
    ///
    /// @param reason a clause; empty if there is one
    public record Found(Optional<CalibratedLayer> layer, String reason) {
        /// The same layer, held against the dense model that it was made from, which says what its outputs should be.
        public Found against(Graph dense) {
            return new Found(layer.map(found -> found.against(dense)), reason);
        }
    }

    private CalibratedLayer against(Graph dense) {
        return new CalibratedLayer(weight, matrix, node, input, response, bias, norm.map(n -> n.against(dense)), skip);
    }

    /// Looks at the operators that use a weight.
    public static Found of(Weight weight) {
        if (weight.nodes().size() != 1) {
            return refused("several operators share it");
        }
        Node node = weight.node();
        if (node.graph().owner().isPresent() || node.graph().isFunction()) {
            return refused("it is in a nested graph or function, which cannot be observed");
        }
        if (weight.constant().type() != ElementType.F32) {
            return refused("it is of type " + weight.constant().type());
        }
        boolean isRead = node.input(1).filter(weight.value()::equals).isPresent();
        boolean isBiasKnown = node.input(2).flatMap(Value::constant).isPresent() || node.inputCount() < 3;
        Optional<WeightMatrix> matrix = isRead && isBiasKnown ? matrix(node, weight) : Optional.empty();
        if (matrix.isEmpty()) {
            return refused("calibration does not cover " + node.operator() + " that reads it so");
        }
        return new Found(Optional.of(around(weight, matrix.get(), node)), "");
    }

    private static Found refused(String reason) {
        return new Found(Optional.empty(), reason);
    }

    private static Optional<WeightMatrix> matrix(Node node, Weight weight) {
        var shape = weight.constant().shape();
        if (node.isOperator("Conv") && shape.rank() >= 3 && node.intAttribute("group", 1) == 1) {
            int outputs = (int) shape.dim(0);
            return Optional.of(new WeightMatrix(shape, outputs, (int) (shape.elementCount() / outputs), false));
        }
        if (shape.rank() != 2) {
            return Optional.empty();
        }
        if (node.isOperator("MatMul")) {
            return Optional.of(new WeightMatrix(shape, (int) shape.dim(1), (int) shape.dim(0), true));
        }
        boolean isPlain = node.isOperator("Gemm")
                && node.intAttribute("transA", 0) == 0
                && hasOne(node, "alpha")
                && hasOne(node, "beta");
        if (!isPlain) {
            return Optional.empty();
        }
        boolean inputsFirst = node.intAttribute("transB", 0) == 0;
        int rows = (int) shape.dim(0);
        int columns = (int) shape.dim(1);
        return Optional.of(
                inputsFirst
                        ? new WeightMatrix(shape, columns, rows, true)
                        : new WeightMatrix(shape, rows, columns, false));
    }

    private static boolean hasOne(Node node, String attribute) {
        return node.attribute(attribute)
                .map(a -> a instanceof Attribute.Real(String name, float value) && value == 1)
                .orElse(true);
    }

    private static CalibratedLayer around(Weight weight, WeightMatrix matrix, Node node) {
        Value response = node.output(0).orElseThrow();
        Optional<Value> bias = node.input(2).filter(value -> isOwn(value, matrix.outputs()));
        if (node.inputCount() < 3) {
            Optional<Use> add = onlyUse(response, "Add");
            Optional<Value> added = add.flatMap(CalibratedLayer::other).filter(v -> isOwn(v, matrix.outputs()));
            if (added.isPresent() && !node.isOperator("Conv")) {
                bias = added;
                response = add.get().node().output(0).orElseThrow();
            }
        }
        Optional<BatchNorm> norm = BatchNorm.after(response);
        Value sum = norm.map(BatchNorm::output).orElse(response);
        Optional<Value> skip = onlyUse(sum, "Add")
                .flatMap(CalibratedLayer::other)
                .filter(value -> value.constant().isEmpty());
        return new CalibratedLayer(weight, matrix, node, node.input(0).orElseThrow(), response, bias, norm, skip);
    }

    /// A constant of one element for each output that nothing else reads.
    private static boolean isOwn(Value value, int outputs) {
        return value.uses().size() == 1
                && !value.isOutput()
                && !value.isInput()
                && value.constant()
                        .filter(c -> c.type() == ElementType.F32 && c.shape().elementCount() == outputs)
                        .filter(c -> c.shape().dim(c.shape().rank() - 1) == outputs)
                        .isPresent();
    }

    /// The only use of a value, if it is by this operator.
    static Optional<Use> onlyUse(Value value, String operator) {
        if (value.uses().size() != 1 || value.isOutput()) {
            return Optional.empty();
        }
        Use use = value.uses().iterator().next();
        return use.node().isOperator(operator) && use.node().graph() == value.graph()
                ? Optional.of(use)
                : Optional.empty();
    }

    private static Optional<Value> other(Use add) {
        return add.node().input(1 - add.index());
    }

    /// The elements of the bias that is part of the response, whether it may change or not, and what the norm's shift
    /// has more than the dense model's; zeros if there is none.
    public double[] biasValues() {
        double[] values = new double[matrix.outputs()];
        bias.or(() -> node.input(2))
                .flatMap(Value::constant)
                .map(Constant::decode)
                .ifPresent(t -> fill(t, values));
        if (bias.isEmpty()) {
            norm.ifPresent(n -> n.addBias(values));
        }
        return values;
    }

    static void fill(DenseTensor tensor, double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat((int) tensor.bitsAt(i));
        }
    }

    /// Whether a bias can be solved for.
    public boolean hasBias() {
        return bias.isPresent() || norm.isPresent();
    }
}
