package dev.espalier.pruning.calibrated;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.Weight;
import dev.espalier.pruning.calibrated.CalibratedLayer.Found;
import dev.espalier.sparse.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The weights of LSTM, GRU and RNN: before their activations, gates are linear in what the operator reads and in its
/// last output. The weight W of the one and R of the other are layers by themselves.
final class RecurrenceSearch {
    private static final Set<String> OPERATORS = Set.of("LSTM", "GRU", "RNN");
    private static final int W = 1;
    private static final int R = 2;
    private static final int B = 3;
    private static final int LENGTHS = 4;
    private static final int INITIAL = 5;
    private static final int PEEPHOLES = 7;

    private RecurrenceSearch() {}

    static boolean isMeant(Node node) {
        return OPERATORS.stream().anyMatch(node::isOperator);
    }

    static Found of(Weight weight, Node node) {
        Optional<String> obstacle = obstacle(weight, node);
        if (obstacle.isPresent()) {
            return new Found(Optional.empty(), obstacle.get());
        }
        boolean isHidden = node.input(R).filter(weight.value()::equals).isPresent();
        Shape shape = weight.constant().shape();
        int directions = (int) shape.dim(0);
        int outputs = directions * (int) shape.dim(1);
        Optional<LayerBias> added = node.input(B).map(bias -> bias(bias, directions, (int) shape.dim(1), isHidden));
        LayerUse.Recurrence use = new LayerUse.Recurrence(
                node, node.input(0).orElseThrow(), added, node.output(0).orElseThrow(), node.input(INITIAL), isHidden);
        boolean isOwn = added.filter(bias -> bias.value().uses().size() == 1
                        && !bias.value().isOutput()
                        && !bias.value().isInput())
                .isPresent();
        return new Found(
                Optional.of(new CalibratedLayer(
                        weight,
                        new WeightMatrix(shape, outputs, (int) shape.dim(2), false),
                        groups(node, directions, (int) shape.dim(1), isHidden),
                        List.of(use),
                        isOwn ? added : Optional.empty(),
                        Optional.empty())),
                "");
    }

    private static Optional<String> obstacle(Weight weight, Node node) {
        String operator = node.operator();
        boolean areConstants = node.input(W).flatMap(Value::constant).isPresent()
                && node.input(R).flatMap(Value::constant).isPresent()
                && (node.input(B).isEmpty()
                        || node.input(B).flatMap(Value::constant).isPresent());
        boolean isRead = node.input(W).filter(weight.value()::equals).isPresent()
                != node.input(R).filter(weight.value()::equals).isPresent();
        if (!isRead || !areConstants || weight.constant().shape().rank() != 3) {
            return Optional.of("calibration does not cover " + operator + " that reads it so");
        }
        if (node.output(0).isEmpty()) {
            return Optional.of(operator + " does not give its outputs of all steps");
        }
        if (node.input(LENGTHS).isPresent()) {
            return Optional.of("the sequences of " + operator + " have lengths of their own");
        }
        if (node.input(PEEPHOLES).isPresent()) {
            return Optional.of("LSTM has peepholes");
        }
        if (node.intAttribute("layout", 0) != 0) {
            return Optional.of(operator + " counts samples by the first axis (layout 1)");
        }
        boolean isUsual = node.attribute("clip").isEmpty() && (!node.isOperator("GRU") || hasUsualGates(node));
        return isUsual ? Optional.empty() : Optional.of("GRU has other activations than usual, or clips");
    }

    /// What a GRU's reset gate makes of its inputs has to be known.
    private static boolean hasUsualGates(Node node) {
        Optional<Attribute> activations = node.attribute("activations");
        if (activations.isEmpty()) {
            return true;
        }
        if (!(activations.get() instanceof Attribute.Texts(String name, List<String> names))) {
            return false;
        }
        for (int i = 0; i < names.size(); i += 2) {
            if (!names.get(i).equalsIgnoreCase("Sigmoid")) {
                return false;
            }
        }
        return true;
    }

    /// B has for each direction the addends of W, then those of R.
    private static LayerBias bias(Value value, int directions, int perDirection, boolean isHidden) {
        List<Integer> places = new ArrayList<>();
        for (int direction = 0; direction < directions; direction++) {
            int from = (2 * direction + (isHidden ? 1 : 0)) * perDirection;
            for (int i = 0; i < perDirection; i++) {
                places.add(from + i);
            }
        }
        return new LayerBias(value, places);
    }

    /// W reads the same in both directions. R reads what its direction gave; the new gate of a GRU that resets before R
    /// reads that multiplied by the reset gate.
    private static List<Integer> groups(Node node, int directions, int perDirection, boolean isHidden) {
        if (!isHidden) {
            return List.of(directions * perDirection);
        }
        if (!node.isOperator("GRU") || node.intAttribute("linear_before_reset", 0) != 0) {
            return Collections.nCopies(directions, perDirection);
        }
        List<Integer> groups = new ArrayList<>();
        for (int direction = 0; direction < directions; direction++) {
            groups.add(perDirection / 3 * 2);
            groups.add(perDirection / 3);
        }
        return groups;
    }
}
