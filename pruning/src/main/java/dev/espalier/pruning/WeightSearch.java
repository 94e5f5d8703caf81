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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds the weights of a model wherever they are stored: initializers and Constant nodes of the main graph, of nested
/// graphs and of local functions, and those that a call hands to a function. From each operand that an operator
/// multiplies by, it walks back through operators that only hand the weight on.
public final class WeightSearch {
    /// @param nodes that read it in its own graph: operators, or calls of functions
    private record Candidate(List<WeightChain> chains, Set<Node> nodes) {
        Candidate() {
            this(new ArrayList<>(), new LinkedHashSet<>());
        }
    }

    /// An input of a node that is a weight, with the way from the function's input if the node is a call.
    private record Target(Operand operand, Optional<WeightChain> inside) {}

    /// A function that multiplies by an input in more ways is not looked into: calls of calls would make them too many.
    private static final int MOST_WAYS = 16;

    private final Model model;
    private final Map<Value, Candidate> candidates = new LinkedHashMap<>();
    private final Map<Value, LeftAlone> others = new LinkedHashMap<>();
    private final Set<Use> operands = new HashSet<>();
    private final Map<Function, List<Target>> functionTargets = new HashMap<>();

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
                for (Target target : targetsOf(node)) {
                    follow(node, target);
                }
            }
        }
        List<Weight> weights = new ArrayList<>();
        candidates.forEach((value, candidate) -> {
            QuantizationSearch.Result quantization = QuantizationSearch.of(candidate.chains);
            String obstacle = quantization.refusal().or(() -> obstacle(value)).orElse(null);
            Optional<Weight> weight = quantization
                    .found()
                    .map(found -> new Weight(
                            value,
                            quantization.layout().orElseThrow(),
                            found,
                            List.copyOf(candidate.nodes),
                            candidate.chains));
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

    private List<Target> targetsOf(Node node) {
        return WeightOperators.of(node)
                .map(operator -> operator.operands().stream()
                        .map(operand -> new Target(operand, Optional.empty()))
                        .toList())
                .or(() -> model.functionOf(node).map(this::targetsOf))
                .orElse(List.of());
    }

    /// The inputs that a function hands to operators that multiply by them.
    private List<Target> targetsOf(Function function) {
        List<Target> known = functionTargets.get(function);
        if (known != null) {
            return known;
        }
        // The standard forbids recursion; a file that has it nevertheless ends here.
        functionTargets.put(function, List.of());
        List<Value> formals = function.body().inputs();
        Map<Integer, List<WeightChain>> found = new LinkedHashMap<>();
        for (Node node : function.body().nodes()) {
            for (Target target : targetsOf(node)) {
                chain(node, target)
                        .filter(chain -> chain.origin().isInput() && formals.contains(chain.origin()))
                        .ifPresent(
                                chain -> found.computeIfAbsent(formals.indexOf(chain.origin()), i -> new ArrayList<>())
                                        .add(chain));
            }
        }
        List<Target> targets = new ArrayList<>();
        found.forEach((input, chains) -> {
            Operand operand = Operand.plain(input);
            if (chains.size() > MOST_WAYS) {
                targets.add(new Target(operand, Optional.empty()));
            } else {
                chains.forEach(chain -> targets.add(new Target(operand, Optional.of(chain))));
            }
        });
        functionTargets.put(function, targets);
        return targets;
    }

    /// The way to where the node, or what it calls, multiplies.
    private Optional<WeightChain> chain(Node node, Target target) {
        return node.input(target.operand.input())
                .map(read -> WeightChain.endingAt(read, node, target.operand))
                .map(chain -> target.inside
                        .map(inside -> chain.into(
                                inside,
                                model.functionOf(node).orElseThrow().body().inputs()))
                        .orElse(chain));
    }

    private void follow(Node node, Target target) {
        WeightChain chain = chain(node, target).orElse(null);
        if (chain == null) {
            return;
        }
        operands.add(new Use(node, target.operand.input()));
        Value origin = chain.origin();
        if (origin.constant().isPresent()) {
            Candidate candidate = candidates.computeIfAbsent(origin, v -> new Candidate());
            candidate.chains.add(chain);
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
            return Optional.of("elements of type " + constant.type() + " are not pruned");
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
        return Magnitudes.supports(weight.type()) && weight.elementCount() > 0;
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
        Optional<Weight> ifNamed = prunable ? Optional.of(Weight.unasked(value, readers)) : Optional.empty();
        others.putIfAbsent(value, new LeftAlone(value, TensorRole.of(value), ifNamed));
    }
}
