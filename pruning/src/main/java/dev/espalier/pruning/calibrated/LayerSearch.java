package dev.espalier.pruning.calibrated;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.Weight;
import dev.espalier.pruning.calibrated.CalibratedLayer.Found;
import dev.espalier.sparse.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Finds out whether a layer can be calibrated, and where to look at it.
final class LayerSearch {
    private LayerSearch() {}

    static Found of(Weight weight) {
        if (weight.nodes().stream()
                .anyMatch(
                        node -> node.graph().owner().isPresent() || node.graph().isFunction())) {
            return refused("it is in a nested graph or function, which cannot be observed");
        }
        if (!Numbers.areIn(weight.constant().type())) {
            return refused("it is of type " + weight.constant().type());
        }
        List<Reader> readers = Reader.of(weight.value());
        for (Reader reader : readers) {
            if (!weight.nodes().contains(reader.node())) {
                return refused(reader.node().operator() + " reads it too");
            }
        }
        if (readers.size() == 1 && RecurrenceSearch.isMeant(weight.node())) {
            return RecurrenceSearch.of(weight, weight.node());
        }
        if (readers.size() == 1 && isProjection(readers.getFirst())) {
            return projection(weight, readers.getFirst());
        }
        List<WeightMatrix> matrices = new ArrayList<>();
        for (Reader reader : readers) {
            Node node = reader.node();
            Optional<WeightMatrix> matrix = matrix(reader, weight.constant().shape());
            if (matrix.isEmpty()) {
                return refused("calibration does not cover " + node.operator() + " that reads it so");
            }
            if (node.input(2).isPresent() && added(node, matrix.get().outputs()).isEmpty()) {
                return refused("what " + node.operator() + " adds is not a constant for each output");
            }
            matrices.add(matrix.get());
        }
        boolean isOneLayer = new HashSet<>(matrices).size() == 1
                && readers.stream()
                                .mapToInt(reader -> groups(reader.node()))
                                .distinct()
                                .count()
                        == 1;
        if (!isOneLayer) {
            return refused("several operators share it, and multiply by it in different ways");
        }
        WeightMatrix matrix = matrices.getFirst();
        return new Found(
                Optional.of(
                        readers.size() == 1
                                ? around(weight, matrix, readers.getFirst().node())
                                : shared(weight, matrix, readers)),
                "");
    }

    /// Fused attention: inputs x queries, keys and values, next to each other.
    private static boolean isProjection(Reader reader) {
        return reader.node().domain().equals("com.microsoft")
                && reader.node().operator().equals("Attention")
                && reader.index() == 1
                && !reader.isTransposed();
    }

    private static Found projection(Weight weight, Reader reader) {
        Node node = reader.node();
        Shape shape = weight.constant().shape();
        if (shape.rank() != 2 || node.input(0).isEmpty()) {
            return refused("calibration does not cover " + node.operator() + " that reads it so");
        }
        int outputs = (int) shape.dim(1);
        Optional<LayerBias> added = added(node, outputs);
        if (node.input(2).isPresent() && added.isEmpty()) {
            return refused("what " + node.operator() + " adds is not a constant for each output");
        }
        return new Found(
                Optional.of(new CalibratedLayer(
                        weight,
                        new WeightMatrix(shape, outputs, (int) shape.dim(0), true),
                        List.of(outputs),
                        List.of(new LayerUse.Projection(node, node.input(0).orElseThrow(), added)),
                        added.filter(bias -> isOwn(bias.value(), outputs)),
                        Optional.empty())),
                "");
    }

    /// What operators share is fitted to all of them; what each adds stays.
    private static CalibratedLayer shared(Weight weight, WeightMatrix matrix, List<Reader> readers) {
        return new CalibratedLayer(
                weight,
                matrix,
                groups(readers.getFirst().node(), matrix),
                readers.stream()
                        .map(Reader::node)
                        .<LayerUse>map(node -> new LayerUse.Product(
                                node,
                                node.input(0).orElseThrow(),
                                added(node, matrix.outputs()),
                                node.output(0).orElseThrow(),
                                Optional.empty()))
                        .toList(),
                Optional.empty(),
                Optional.empty());
    }

    private static Found refused(String reason) {
        return new Found(Optional.empty(), reason);
    }

    private static Optional<WeightMatrix> matrix(Reader reader, Shape shape) {
        Node node = reader.node();
        if (reader.index() != 1) {
            return Optional.empty();
        }
        if (node.isOperator("Conv") && shape.rank() >= 3 && !reader.isTransposed()) {
            int outputs = (int) shape.dim(0);
            return outputs % groups(node) == 0
                    ? Optional.of(new WeightMatrix(shape, outputs, (int) (shape.elementCount() / outputs), false))
                    : Optional.empty();
        }
        boolean isPlain = node.isOperator("MatMul")
                || (node.isOperator("Gemm")
                        && node.intAttribute("transA", 0) == 0
                        && hasOne(node, "alpha")
                        && hasOne(node, "beta"));
        if (node.isOperator("MatMul") && shape.rank() > 2 && !reader.isTransposed()) {
            return Optional.of(batched(shape));
        }
        if (!isPlain || shape.rank() != 2) {
            return Optional.empty();
        }
        boolean inputsFirst = (node.intAttribute("transB", 0) == 0) != reader.isTransposed();
        int rows = (int) shape.dim(0);
        int columns = (int) shape.dim(1);
        return Optional.of(
                inputsFirst
                        ? new WeightMatrix(shape, columns, rows, true)
                        : new WeightMatrix(shape, rows, columns, false));
    }

    /// A matrix for each index of the axes before the last two.
    private static WeightMatrix batched(Shape shape) {
        int inputs = (int) shape.dim(-2);
        int outputs = (int) (shape.elementCount() / inputs);
        return new WeightMatrix(shape, outputs, inputs, true, (int) (outputs / shape.dim(-1)));
    }

    private static int groups(Node node) {
        return node.isOperator("Conv") ? (int) Math.max(1, node.intAttribute("group", 1)) : 1;
    }

    private static List<Integer> groups(Node node, WeightMatrix matrix) {
        int groups = groups(node) * matrix.batches();
        return Collections.nCopies(groups, matrix.outputs() / groups);
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
        if (added.isEmpty() && !node.isOperator("Conv") && matrix.batches() == 1) {
            Optional<Use> add = onlyUse(response, "Add");
            Optional<Value> own = add.flatMap(LayerSearch::other).filter(v -> isOwn(v, outputs));
            if (own.isPresent()) {
                added = own.map(value -> LayerBias.whole(value, outputs));
                response = add.get().node().output(0).orElseThrow();
            }
        }
        Optional<BatchNorm> norm = matrix.batches() == 1 ? BatchNorm.after(response) : Optional.empty();
        Value sum = norm.map(BatchNorm::output).orElse(response);
        Optional<Value> skip = onlyUse(sum, "Add")
                .flatMap(LayerSearch::other)
                .filter(value -> value.constant().isEmpty());
        LayerUse use = new LayerUse.Product(node, node.input(0).orElseThrow(), added, response, skip);
        return new CalibratedLayer(
                weight,
                matrix,
                groups(node, matrix),
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
