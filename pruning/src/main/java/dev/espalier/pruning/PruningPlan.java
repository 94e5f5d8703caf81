package dev.espalier.pruning;

import dev.espalier.onnx.Value;
import dev.espalier.sparse.SparsityPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a request means for a model: which weights are pruned together to how many zeros, and why the others are not.
///
/// @param request what was asked for
/// @param weights what is pruned, in file order
/// @param groups the same, by what is pruned together
/// @param leftAlone what is not
public record PruningPlan(PruneRequest request, List<Weight> weights, List<Group> groups, List<LeftAlone> leftAlone) {
    /// A weight with the pattern that its zeros follow.
    ///
    /// @param pattern bound to the weight
    /// @param note what of the weight does not follow it, a clause; empty if all does
    public record Target(Weight weight, SparsityPattern pattern, String note) {
        /// How many units there are to choose among: elements, blocks, slices; none where the pattern says what stays.
        long units() {
            return pattern.unitCount(weight.shape());
        }
    }

    /// Weights that share a number of zeros.
    ///
    /// @param targets one, or all of the global scope
    /// @param sparsity what was asked for
    /// @param pattern what was asked for, the same for all
    /// @param zeros how many units of all of them are to be zero: elements, blocks, slices
    public record Group(List<Target> targets, Sparsity sparsity, PatternChoice pattern, long zeros) {
        public Group {
            targets = List.copyOf(targets);
        }

        static Group of(List<Target> targets, Sparsity sparsity, PatternChoice pattern) {
            long units = targets.stream().mapToLong(Target::units).sum();
            return new Group(targets, sparsity, pattern, sparsity.of(units));
        }

        /// The weights, in order.
        public List<Weight> weights() {
            return targets.stream().map(Target::weight).toList();
        }
    }

    public PruningPlan {
        weights = List.copyOf(weights);
        groups = List.copyOf(groups);
        leftAlone = List.copyOf(leftAlone);
    }

    /// Makes the plan.
    ///
    /// @throws PruningException if a name in the request means nothing, or nothing is left to prune
    public static PruningPlan of(ModelWeights all, PruneRequest request) {
        WeightSelection selection = WeightSelection.of(all, request.include(), request.exclude());
        request.overrides().forEach(o -> WeightSelection.requireMeaning("--layer", o.layers(), all));
        List<LeftAlone> leftAlone = new ArrayList<>(selection.leftAlone());
        List<Group> groups = new ArrayList<>();
        List<Weight> weights = new ArrayList<>();
        List<Target> together = new ArrayList<>();
        for (Weight weight : selection.weights()) {
            Optional<PruneRequest.LayerTarget> own = overrideOf(weight, request);
            PatternChoice pattern = own.map(PruneRequest.LayerTarget::pattern).orElse(request.pattern());
            PatternChoice.Bound bound = pattern.on(weight);
            if (bound.pattern().isEmpty()) {
                leftAlone.add(new LeftAlone(weight.value(), bound.note(), Optional.of(weight)));
                continue;
            }
            Target target = new Target(weight, bound.pattern().get(), bound.note());
            if (own.isPresent() || request.scope() == Scope.LAYER) {
                Sparsity sparsity = own.map(PruneRequest.LayerTarget::sparsity).orElse(request.sparsity());
                groups.add(Group.of(List.of(target), sparsity, pattern));
            } else if (!weight.quantization().isScaleKnown()) {
                leftAlone.add(new LeftAlone(
                        weight.value(),
                        "its scale is unknown, so that other layers do not compare (use --scope layer)",
                        Optional.of(weight)));
                continue;
            } else {
                together.add(target);
            }
            weights.add(weight);
        }
        if (!together.isEmpty()) {
            groups.add(Group.of(together, request.sparsity(), request.pattern()));
        }
        if (groups.isEmpty()) {
            throw new PruningException(
                    "this model has no weights to prune",
                    "",
                    all.others().isEmpty() && leftAlone.isEmpty()
                            ? "it has no tensors at all: what it knows may be in attributes of its nodes"
                            : unsuited(leftAlone, request.pattern())
                                    + "`espalier inspect --all` says why each tensor is left alone");
        }
        return new PruningPlan(request, weights, groups, leftAlone);
    }

    /// The same plan, carried out by another method.
    public PruningPlan by(PruningMethod method) {
        return new PruningPlan(request.by(method), weights, groups, leftAlone);
    }

    /// Where each weight stands in the file.
    Map<Value, Integer> order() {
        Map<Value, Integer> order = new HashMap<>();
        weights.forEach(weight -> order.put(weight.value(), order.size()));
        return order;
    }

    /// Why the first weight that would be pruned cannot follow the pattern.
    private static String unsuited(List<LeftAlone> leftAlone, PatternChoice pattern) {
        return leftAlone.stream()
                .filter(other -> other.ifNamed()
                        .filter(w -> pattern.on(w).pattern().isEmpty())
                        .isPresent())
                .filter(other -> other.reason()
                        .equals(pattern.on(other.ifNamed().orElseThrow()).note()))
                .findFirst()
                .map(other -> "no weight can follow " + pattern + ", for instance " + other.value() + ": "
                        + other.reason() + "; ")
                .orElse("");
    }

    private static Optional<PruneRequest.LayerTarget> overrideOf(Weight weight, PruneRequest request) {
        return request.overrides().reversed().stream()
                .filter(override -> weight.isNamedBy(override.layers()))
                .findFirst();
    }
}
