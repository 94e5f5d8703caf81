package dev.espalier.pruning;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Which weights a rule is about: those that are named by one pattern of each list that has any.
///
/// @param layers names of nodes or tensors
/// @param nodes names of nodes that use the weight
/// @param tensors names of the weight itself
/// @param operators of the nodes that use it
public record WeightNames(
        List<NameGlob> layers, List<NameGlob> nodes, List<NameGlob> tensors, List<NameGlob> operators) {
    /// All.
    public static final WeightNames ALL = new WeightNames(List.of(), List.of(), List.of(), List.of());

    public WeightNames {
        layers = List.copyOf(layers);
        nodes = List.copyOf(nodes);
        tensors = List.copyOf(tensors);
        operators = List.copyOf(operators);
    }

    /// Those whose node or tensor has such a name.
    public static WeightNames ofLayers(NameGlob layers) {
        return new WeightNames(List.of(layers), List.of(), List.of(), List.of());
    }

    /// Whether it is about this weight.
    boolean mean(Weight weight) {
        return isAny(layers, weight::isNamedBy)
                && isAny(nodes, weight::isUsedBy)
                && isAny(tensors, glob -> Weight.isTensorNamedBy(weight.value(), glob))
                && isAny(operators, glob -> isOf(weight, glob));
    }

    /// @param where the names stand
    /// @throws PruningException if a name means nothing in this model, or all of them together no weight
    void requireMeaning(String where, ModelWeights all) {
        layers.forEach(glob -> WeightSelection.requireMeaning(where, glob, all));
        nodes.forEach(glob -> require(where, "node is named", glob, all, weight -> weight.isUsedBy(glob)));
        tensors.forEach(glob ->
                require(where, "weight is named", glob, all, weight -> Weight.isTensorNamedBy(weight.value(), glob)));
        operators.forEach(glob -> require(where, "weight is used by a", glob, all, weight -> isOf(weight, glob)));
        if (layers.isEmpty() && !equals(ALL) && weights(all).noneMatch(this::mean)) {
            throw new PruningException(
                    "no weight is meant by all names of this rule", where, "`espalier inspect` lists the weights");
        }
    }

    private static void require(String where, String what, NameGlob glob, ModelWeights all, Predicate<Weight> isMeant) {
        if (weights(all).noneMatch(isMeant)) {
            throw new PruningException(
                    "no " + what + " '" + glob + "'", where, "`espalier inspect` lists nodes, operators and weights");
        }
    }

    /// All that can be pruned, by default or if they are named.
    private static Stream<Weight> weights(ModelWeights all) {
        return Stream.concat(all.weights().stream(), all.others().stream().flatMap(other -> other.ifNamed().stream()));
    }

    private static boolean isOf(Weight weight, NameGlob operator) {
        return weight.nodes().stream().anyMatch(node -> operator.matches(node.operator()));
    }

    private static boolean isAny(List<NameGlob> globs, Predicate<NameGlob> names) {
        return globs.isEmpty() || globs.stream().anyMatch(names);
    }
}
