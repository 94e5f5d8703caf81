package dev.espalier.pruning;

import dev.espalier.pruning.PruningPlan.Target;
import dev.espalier.pruning.scope.Allotment;
import dev.espalier.pruning.scope.Amount;
import dev.espalier.pruning.scope.Layer;
import dev.espalier.sparse.SparsityPattern;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes a [PruningPlan]: finds the rule for each weight, binds its pattern to the weight, and lets the rule's
/// scope divide what is asked for among the weights of the rule.
final class Planner {
    /// A weight that can follow the pattern of its rule.
    private record Candidate(Weight weight, SparsityPattern pattern, String note) {}

    private final ModelWeights all;
    private final PruneRequest request;
    private final Optional<Weight> firstConvolution;
    private final List<LeftAlone> leftAlone = new ArrayList<>();
    private final List<String> unsuited = new ArrayList<>();
    private final Map<PruneRule, List<Candidate>> candidates = new LinkedHashMap<>();
    private final Map<Weight, Target> targets = new HashMap<>();

    private Planner(ModelWeights all, PruneRequest request) {
        this.all = all;
        this.request = request;
        this.firstConvolution = all.weights().stream()
                .filter(weight -> weight.node().operator().equals("Conv"))
                .findFirst();
    }

    static PruningPlan plan(ModelWeights all, PruneRequest request) {
        return new Planner(all, request).plan();
    }

    private PruningPlan plan() {
        WeightSelection selection = WeightSelection.of(all, request.include(), request.exclude());
        leftAlone.addAll(selection.leftAlone());
        for (PruneRule rule : request.rules()) {
            rule.weights().requireMeaning(rule.origin(), all);
            rule.settings().method().given().ifPresent(tensors -> tensors.requireMeaning(all));
        }
        selection.weights().forEach(this::sort);
        if (candidates.isEmpty()) {
            throw nothing();
        }
        candidates.forEach(this::allot);
        return new PruningPlan(
                selection.weights().stream()
                        .filter(targets::containsKey)
                        .map(targets::get)
                        .toList(),
                leftAlone,
                request.seed());
    }

    /// Puts the weight to the others of its rule.
    private void sort(Weight weight) {
        Optional<PruneRule> found = request.rules().reversed().stream()
                .filter(rule -> rule.weights().mean(weight))
                .findFirst();
        if (found.isEmpty()) {
            leaveAlone(weight, "no rule is about it");
            return;
        }
        PruneRule rule = found.get();
        PatternChoice.Bound bound = rule.settings().pattern().on(weight);
        Optional<String> unfit = rule.settings().method().unfit(weight);
        if (weight.elementCount() < rule.settings().limits().minElements()) {
            leaveAlone(weight, "fewer than " + rule.settings().limits().minElements() + " elements");
        } else if (bound.pattern().isEmpty()) {
            leaveAlone(weight, bound.note());
            unsuited.add("no weight can follow " + rule.settings().pattern() + ", for instance " + weight.value() + ": "
                    + bound.note());
        } else if (unfit.isPresent()) {
            leaveAlone(weight, unfit.get());
        } else if (rule.settings().scope().comparesLayers()
                && !weight.quantization().isScaleKnown()) {
            leaveAlone(weight, "its scale is unknown, so that other layers do not compare (use --scope layer)");
        } else {
            candidates
                    .computeIfAbsent(rule, r -> new ArrayList<>())
                    .add(new Candidate(weight, bound.pattern().get(), bound.note()));
        }
    }

    private void leaveAlone(Weight weight, String reason) {
        leftAlone.add(new LeftAlone(weight.value(), reason, Optional.of(weight)));
    }

    private void allot(PruneRule rule, List<Candidate> those) {
        List<Allotment> allotments = rule.settings().method().decides()
                ? those.parallelStream()
                        .map(c -> rule.settings().method().decide(c.weight, c.pattern))
                        .toList()
                : shared(rule, those);
        Optional<Sparsity> requested = rule.settings().scope().isOfEachLayer() ? rule.sparsity() : Optional.empty();
        for (int i = 0; i < those.size(); i++) {
            Candidate candidate = those.get(i);
            targets.put(
                    candidate.weight,
                    new Target(
                            candidate.weight,
                            rule.settings().pattern(),
                            candidate.pattern,
                            candidate.note,
                            requested,
                            rule.settings().method(),
                            allotments.get(i).zeros(),
                            allotments.get(i).cut(),
                            reason(rule, those.size())));
        }
    }

    private List<Allotment> shared(PruneRule rule, List<Candidate> those) {
        Amount amount = new Amount(
                rule.sparsity().orElseThrow(), rule.settings().limits().of());
        List<Layer> layers = those.stream().map(c -> layer(c, rule)).toList();
        Reach.requireEnough(rule, layers, amount);
        return rule.settings().scope().allot(layers, amount);
    }

    private static String reason(PruneRule rule, int layers) {
        String share = rule.sparsity().map(Sparsity::toString).orElse("");
        String what = rule.settings().method().decides()
                ? rule.settings().method().toString()
                : rule.settings().scope().isOfEachLayer()
                        ? share + " of the layer"
                        : share + " of " + layers + " layers, "
                                + rule.settings().scope().name();
        return rule.origin().isEmpty() ? what : rule.origin() + ": " + what;
    }

    private Layer layer(Candidate candidate, PruneRule rule) {
        Weight weight = candidate.weight;
        long units = candidate.pattern.unitCount(weight.shape());
        long elements = candidate.pattern.unitSize();
        long cost = rule.settings().limits().budget() == PruneLimits.Budget.BYTES
                ? elements * weight.type().bits()
                : elements;
        long cap = rule.settings()
                .limits()
                .maxLayer()
                .share()
                .multiply(BigDecimal.valueOf(units))
                .setScale(0, RoundingMode.FLOOR)
                .longValueExact();
        return new Layer(
                weight.shape(),
                units,
                cost,
                cap,
                firstConvolution.filter(weight::equals).isPresent(),
                !all.weights().isEmpty() && weight.equals(all.weights().getLast()),
                () -> rule.settings().method().units(weight, candidate.pattern, request.seed()));
    }

    private PruningException nothing() {
        return new PruningException(
                "this model has no weights to prune",
                "",
                all.others().isEmpty() && leftAlone.isEmpty()
                        ? "it has no tensors at all: what it knows may be in attributes of its nodes"
                        : unsuited() + "`espalier inspect --all` says why each tensor is left alone");
    }

    /// Why the first weight that would be pruned cannot follow its pattern.
    private String unsuited() {
        return unsuited.isEmpty() ? "" : unsuited.getFirst() + "; ";
    }
}
