package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Function;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.WeightOperator.Operand;
import dev.espalier.sparse.Magnitudes;
import dev.espalier.sparse.Quantization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds the weights of a model wherever they are stored: initializers and Constant nodes of the main graph, of nested
/// graphs and of local functions, and those that a call hands to a function. From each operand that an operator
/// multiplies by, it walks back through operators that only hand the weight on.
public final class WeightSearch {
    private record Candidate(WeightChain chain, List<Node> nodes) {}

    private final Model model;
    private final Map<Value, Candidate> candidates = new LinkedHashMap<>();
    private final Map<Value, LeftAlone> others = new LinkedHashMap<>();
    private final Set<Use> operands = new HashSet<>();
    private final Map<Function, List<Operand>> functionOperands = new HashMap<>();

    private WeightSearch(Model model) {
        this.model = model;
    }

    /// Looks through the whole model.
    public static ModelWeights in(Model model) {
        return new WeightSearch(model).search();
    }

    private ModelWeights search() {
        for (Graph graph : model.allGraphs()) {
            for (Node node : graph.nodes()) {
                for (Operand operand : operandsOf(node)) {
                    follow(node, operand);
                }
            }
        }
        List<Weight> weights = new ArrayList<>();
        candidates.forEach((value, candidate) -> {
            QuantizationSearch.Result quantization = QuantizationSearch.of(candidate.chain);
            String obstacle = quantization.refusal().or(() -> obstacle(value)).orElse(null);
            Optional<Weight> weight = quantization.found().map(found -> new Weight(value, found, candidate.nodes));
            if (obstacle == null) {
                weights.add(weight.orElseThrow());
            } else {
                others.put(value, new LeftAlone(value, obstacle, weight.filter(WeightSearch::isPrunable)));
            }
        });
        for (Graph graph : model.allGraphs()) {
            graph.initializers().forEach(this::leaveAlone);
            graph.nodes().stream().flatMap(node -> node.outputs().stream()).forEach(this::leaveAlone);
        }
        return new ModelWeights(weights, List.copyOf(others.values()));
    }

    private List<Operand> operandsOf(Node node) {
        return WeightOperators.of(node)
                .map(WeightOperator::operands)
                .or(() -> model.functionOf(node).map(this::operandsOf))
                .orElse(List.of());
    }

    /// The inputs that a function hands to operators that multiply by them.
    private List<Operand> operandsOf(Function function) {
        List<Operand> known = functionOperands.get(function);
        if (known != null) {
            return known;
        }
        // The standard forbids recursion; a file that has it nevertheless ends here.
        functionOperands.put(function, List.of());
        List<Operand> found = new ArrayList<>();
        List<Value> formals = function.body().inputs();
        for (Node node : function.body().nodes()) {
            for (Operand operand : operandsOf(node)) {
                node.input(operand.input())
                        .map(value -> WeightChain.endingAt(value, node, operand).origin())
                        .filter(origin -> origin.isInput() && formals.contains(origin))
                        .ifPresent(origin -> found.add(Operand.plain(formals.indexOf(origin))));
            }
        }
        List<Operand> distinct = found.stream().distinct().toList();
        functionOperands.put(function, distinct);
        return distinct;
    }

    private void follow(Node node, Operand operand) {
        Value read = node.input(operand.input()).orElse(null);
        if (read == null) {
            return;
        }
        operands.add(new Use(node, operand.input()));
        WeightChain chain = WeightChain.endingAt(read, node, operand);
        Value origin = chain.origin();
        if (origin.constant().isPresent()) {
            Candidate candidate = candidates.computeIfAbsent(origin, v -> new Candidate(chain, new ArrayList<>()));
            candidate.nodes.add(node);
        } else if (origin.producer()
                .filter(p -> p.isOperator("ConstantOfShape"))
                .isPresent()) {
            others.putIfAbsent(
                    origin,
                    new LeftAlone(
                            origin, "made by ConstantOfShape, not stored (" + node.operator() + ")", Optional.empty()));
        }
    }

    private Optional<String> obstacle(Value value) {
        Constant constant = value.constant().orElseThrow();
        if (constant.shape().rank() < 2) {
            return Optional.of("rank " + constant.shape().rank());
        }
        if (!Magnitudes.supports(constant.type())) {
            return Optional.of("type " + constant.type() + " cannot be pruned yet");
        }
        if (constant.shape().elementCount() == 0) {
            return Optional.of("has no elements");
        }
        if (value.isOutput()) {
            return Optional.of("is an output of its graph");
        }
        return otherReader(value, new HashSet<>())
                .map(reader -> reader.isOperator("Gather")
                        ? "also an embedding (Gather)"
                        : "also read by " + reader.operator() + " '" + reader.label() + "'");
    }

    private static boolean isPrunable(Weight weight) {
        return Magnitudes.supports(weight.constant().type()) && weight.elementCount() > 0;
    }

    /// A node that reads the constant, but not to multiply by it.
    private Optional<Node> otherReader(Value value, Set<Value> seen) {
        if (!seen.add(value)) {
            return Optional.empty();
        }
        for (Use use : value.uses()) {
            if (operands.contains(use) || use.node().isOperator("Shape")) {
                continue;
            }
            if (!WeightChain.handsOn(use.node()) || use.index() != 0) {
                return Optional.of(use.node());
            }
            for (Value output : use.node().outputs()) {
                Optional<Node> other = otherReader(output, seen);
                if (other.isPresent()) {
                    return other;
                }
            }
        }
        return Optional.empty();
    }

    private void leaveAlone(Value value) {
        Constant constant = value.constant().orElse(null);
        if (constant == null || candidates.containsKey(value)) {
            return;
        }
        boolean prunable = Magnitudes.supports(constant.type())
                && constant.type().isFloat()
                && constant.shape().elementCount() > 0
                && !value.uses().isEmpty();
        List<Node> readers = value.uses().stream().map(Use::node).toList();
        Optional<Weight> ifNamed =
                prunable ? Optional.of(new Weight(value, Quantization.NONE, readers)) : Optional.empty();
        others.putIfAbsent(value, new LeftAlone(value, TensorRole.of(value), ifNamed));
    }
}
