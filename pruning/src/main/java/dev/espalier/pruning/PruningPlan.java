package dev.espalier.pruning;

import dev.espalier.onnx.Value;
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
    /// Weights that share a number of zeros.
    ///
    /// @param weights one, or all of the global scope
    /// @param sparsity what was asked for
    /// @param zeros how many elements of all of them are to be zero
    public record Group(List<Weight> weights, Sparsity sparsity, long zeros) {
        public Group {
            weights = List.copyOf(weights);
        }

        static Group of(List<Weight> weights, Sparsity sparsity) {
            long elements = weights.stream().mapToLong(Weight::elementCount).sum();
            return new Group(weights, sparsity, sparsity.of(elements));
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
        List<Weight> together = new ArrayList<>();
        for (Weight weight : selection.weights()) {
            Optional<Sparsity> own = overrideOf(weight, request);
            if (own.isPresent() || request.scope() == Scope.LAYER) {
                groups.add(Group.of(List.of(weight), own.orElse(request.sparsity())));
            } else if (!weight.quantization().isScaleKnown()) {
                leftAlone.add(new LeftAlone(
                        weight.value(),
                        "its scale is unknown, so that other layers do not compare (use --scope layer)",
                        Optional.of(weight)));
                continue;
            } else {
                together.add(weight);
            }
            weights.add(weight);
        }
        if (!together.isEmpty()) {
            groups.add(Group.of(together, request.sparsity()));
        }
        if (groups.isEmpty()) {
            throw new PruningException(
                    "this model has no weights to prune",
                    "",
                    all.others().isEmpty()
                            ? "it has no tensors at all: what it knows may be in attributes of its nodes"
                            : "`espalier inspect --all` says why each tensor is left alone");
        }
        return new PruningPlan(request, weights, groups, leftAlone);
    }

    /// Where each weight stands in the file.
    Map<Value, Integer> order() {
        Map<Value, Integer> order = new HashMap<>();
        weights.forEach(weight -> order.put(weight.value(), order.size()));
        return order;
    }

    private static Optional<Sparsity> overrideOf(Weight weight, PruneRequest request) {
        return request.overrides().reversed().stream()
                .filter(override -> weight.isNamedBy(override.layers()))
                .map(PruneRequest.LayerTarget::sparsity)
                .findFirst();
    }
}
