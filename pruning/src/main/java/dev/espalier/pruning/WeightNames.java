package dev.espalier.pruning;

import java.util.List;
import java.util.function.Predicate;

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
                && isAny(operators, glob -> weight.nodes().stream().anyMatch(node -> glob.matches(node.operator())));
    }

    /// @param where the names stand
    /// @throws PruningException if a name means nothing in this model
    void requireMeaning(String where, ModelWeights all) {
        layers.forEach(glob -> WeightSelection.requireMeaning(where, glob, all));
    }

    private static boolean isAny(List<NameGlob> globs, Predicate<NameGlob> names) {
        return globs.isEmpty() || globs.stream().anyMatch(names);
    }
}
