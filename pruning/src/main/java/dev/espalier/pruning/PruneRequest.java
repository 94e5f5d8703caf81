package dev.espalier.pruning;

import java.util.List;

/// What is asked for, checked as far as it can be without a model.
///
/// @param sparsity share of zeros
/// @param scope what that share is counted over
/// @param method how to choose
/// @param include names of what is pruned; empty for all weights
/// @param exclude names of what is not
/// @param overrides sparsities of single layers, of which the last that matches counts
/// @param seed for methods that draw lots
public record PruneRequest(
        Sparsity sparsity,
        Scope scope,
        PruningMethod method,
        List<NameGlob> include,
        List<NameGlob> exclude,
        List<LayerTarget> overrides,
        long seed) {
    /// A sparsity for the layers that a name means; it is counted for each of them alone.
    public record LayerTarget(NameGlob layers, Sparsity sparsity) {}

    public PruneRequest {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
        overrides = List.copyOf(overrides);
    }

    /// All weights by magnitude.
    public static PruneRequest of(Sparsity sparsity, Scope scope) {
        return new PruneRequest(sparsity, scope, PruningMethods.MAGNITUDE, List.of(), List.of(), List.of(), 0);
    }
}
