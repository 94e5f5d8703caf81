package dev.espalier.pruning;

import dev.espalier.pruning.scope.Scope;
import java.util.List;

/// What is asked for, checked as far as it can be without a model.
///
/// @param rules what is asked of which weights; of those that mean a weight the last counts
/// @param include names of what is pruned; empty for all weights
/// @param exclude names of what is not
/// @param seed for methods that draw lots
public record PruneRequest(List<PruneRule> rules, List<NameGlob> include, List<NameGlob> exclude, long seed) {
    public PruneRequest {
        rules = List.copyOf(rules);
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
    }

    /// The same of all weights.
    public static PruneRequest of(PruneRule rule) {
        return new PruneRequest(List.of(rule), List.of(), List.of(), 0);
    }

    /// All weights by magnitude.
    public static PruneRequest of(Sparsity sparsity, Scope scope) {
        return of(sparsity, new PatternChoice.Unstructured(), scope);
    }

    /// All weights by magnitude, in a pattern.
    public static PruneRequest of(Sparsity sparsity, PatternChoice pattern, Scope scope) {
        return of(PruneRule.forAll(sparsity, pattern, scope, PruningMethods.MAGNITUDE));
    }

    /// That share of the way to what is asked for.
    public PruneRequest partly(Sparsity share) {
        return new PruneRequest(rules.stream().map(rule -> rule.partly(share)).toList(), include, exclude, seed);
    }
}
