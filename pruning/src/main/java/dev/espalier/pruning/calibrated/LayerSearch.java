package dev.espalier.pruning.calibrated;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.Weight;
import dev.espalier.pruning.calibrated.CalibratedLayer.Found;
import dev.espalier.sparse.Shape;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Finds out whether a layer can be calibrated, and where to look at it.
final class LayerSearch {
    private LayerSearch() {}

    static Found of(Weight weight) {
        if (weight.nodes().size() != 1) {
            return refused("several operators share it");
        }
        Node node = weight.node();
        if (node.graph().owner().isPresent() || node.graph().isFunction()) {
            return refused("it is in a nested graph or function, which cannot be observed");
        }
        if (!Numbers.areIn(weight.constant().type())) {
            return refused("it is of type " + weight.constant().type());
        }
        if (RecurrenceSearch.isMeant(node)) {
            return RecurrenceSearch.of(weight, node);
        }
        boolean isRead = node.input(1).filter(weight.value()::equals).isPresent();
        Optional<WeightMatrix> matrix = isRead ? matrix(node, weight.constant().shape()) : Optional.empty();
        if (matrix.isEmpty()) {
            return refused("calibration does not cover " + node.operator() + " that reads it so");
        }
        int outputs = matrix.get().outputs();
        if (node.input(2).isPresent() && added(node, outputs).isEmpty()) {
            return refused("what " + node.operator() + " adds is not a constant for each output");
        }
        return new Found(Optional.of(around(weight, matrix.get(), node)), "");
    }

    private static Found refused(String reason) {
        return new Found(Optional.empty(), reason);
    }

    private static Optional<WeightMatrix> matrix(Node node, Shape shape) {
        if (node.isOperator("Conv") && shape.rank() >= 3) {
            int outputs = (int) shape.dim(0);
            return outputs % groups(node) == 0
                    ? Optional.of(new WeightMatrix(shape, outputs, (int) (shape.elementCount() / outputs), false))
                    : Optional.empty();
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

    private static int groups(Node node) {
        return node.isOperator("Conv") ? (int) Math.max(1, node.intAttribute("group", 1)) : 1;
    }

    private static boolean hasOne(Node node, String attribute) {
        return node.attribute(attribute)
                .map(a -> a instanceof Attribute.Real(String name, float value) && value == 1)
                .orElse(true);
    }

    private static CalibratedLayer around(Weight weight, WeightMatrix matrix, Node node) {
        int outputs = matrix.outputs();
        Value response = node.output(0).orElseThrow();
        Optional<LayerBias> added = added(node, outputs);
        if (added.isEmpty() && !node.isOperator("Conv")) {
            Optional<Use> add = onlyUse(response, "Add");
            Optional<Value> own = add.flatMap(LayerSearch::other).filter(v -> isOwn(v, outputs));
            if (own.isPresent()) {
                added = own.map(value -> LayerBias.whole(value, outputs));
                response = add.get().node().output(0).orElseThrow();
            }
        }
        Optional<BatchNorm> norm = BatchNorm.after(response);
        Value sum = norm.map(BatchNorm::output).orElse(response);
        Optional<Value> skip = onlyUse(sum, "Add")
                .flatMap(LayerSearch::other)
                .filter(value -> value.constant().isEmpty());
        LayerUse use = new LayerUse.Product(node, node.input(0).orElseThrow(), added, response, skip);
        int groups = groups(node);
        return new CalibratedLayer(
                weight,
                matrix,
                Collections.nCopies(groups, outputs / groups),
                List.of(use),
                added.filter(bias -> isOwn(bias.value(), outputs)),
                norm);
    }

    /// What a node adds, if it is a constant.
    private static Optional<LayerBias> added(Node node, int outputs) {
        Optional<Value> value = node.input(2);
        if (value.filter(v -> hasOneForEach(v, outputs)).isPresent()) {
            return value.map(v -> LayerBias.whole(v, outputs));
        }
        return value.filter(v -> v.constant()
                        .filter(c -> Numbers.areIn(c.type()) && c.shape().elementCount() == 1)
                        .isPresent())
                .map(v -> LayerBias.single(v, outputs));
    }

    /// A constant of one element for each output that nothing else reads.
    private static boolean isOwn(Value value, int outputs) {
        return value.uses().size() == 1 && !value.isOutput() && !value.isInput() && hasOneForEach(value, outputs);
    }

    private static boolean hasOneForEach(Value value, int outputs) {
        return value.constant()
                .filter(c -> Numbers.areIn(c.type()) && c.shape().elementCount() == outputs)
                .filter(c -> c.shape().rank() > 0 && c.shape().dim(-1) == outputs)
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
}
