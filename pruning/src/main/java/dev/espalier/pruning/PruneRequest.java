package dev.espalier.pruning;

import java.util.List;

/// What is asked for, checked as far as it can be without a model.
///
/// @param sparsity share of zeros: of the elements, or of the blocks or slices
/// @param pattern that the zeros follow
/// @param scope what that share is counted over
/// @param method how to choose
/// @param include names of what is pruned; empty for all weights
/// @param exclude names of what is not
/// @param overrides sparsities of single layers, of which the last that matches counts
/// @param seed for methods that draw lots
public record PruneRequest(
        Sparsity sparsity,
        PatternChoice pattern,
        Scope scope,
        PruningMethod method,
        List<NameGlob> include,
        List<NameGlob> exclude,
        List<LayerTarget> overrides,
        long seed) {
    /// A sparsity and a pattern for the layers that a name means; counted for each of them alone.
    public record LayerTarget(NameGlob layers, Sparsity sparsity, PatternChoice pattern) {
        /// @throws IllegalArgumentException if the pattern has another sparsity
        public LayerTarget {
            requireAgreement(sparsity, pattern);
        }

        /// Reads `0.5` or, with the sparsity that is asked for elsewhere if it has none of its own, a pattern. A share
        /// of 0 leaves the layers as they are.
        ///
        /// @throws IllegalArgumentException if it is neither
        public static LayerTarget parse(NameGlob layers, String text, Sparsity elsewhere, PatternChoice pattern) {
            if (!text.contains(":") && !text.equals("unstructured")) {
                Sparsity own = Sparsity.parse(text);
                boolean isNothing = own.share().signum() == 0;
                return new LayerTarget(layers, own, isNothing ? new PatternChoice.Unstructured() : pattern);
            }
            PatternChoice own = PatternChoice.parse(text);
            return new LayerTarget(layers, own.sparsity().orElse(elsewhere), own);
        }
    }

    /// @throws IllegalArgumentException if the pattern does not go with the sparsity or the scope
    public PruneRequest {
        requireAgreement(sparsity, pattern);
        if (scope == Scope.GLOBAL && pattern.sparsity().isPresent()) {
            throw new IllegalArgumentException("with " + pattern
                    + " every group is pruned alike: it is always counted in every layer, --scope global says nothing");
        }
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
        overrides = List.copyOf(overrides);
    }

    /// All weights by magnitude.
    public static PruneRequest of(Sparsity sparsity, Scope scope) {
        return of(sparsity, new PatternChoice.Unstructured(), scope);
    }

    /// All weights by magnitude, in a pattern.
    public static PruneRequest of(Sparsity sparsity, PatternChoice pattern, Scope scope) {
        return new PruneRequest(sparsity, pattern, scope, PruningMethods.MAGNITUDE, List.of(), List.of(), List.of(), 0);
    }

    /// The same with another method.
    PruneRequest by(PruningMethod other) {
        return new PruneRequest(sparsity, pattern, scope, other, include, exclude, overrides, seed);
    }

    private static void requireAgreement(Sparsity sparsity, PatternChoice pattern) {
        pattern.sparsity().filter(own -> !own.agreesWith(sparsity)).ifPresent(own -> {
            throw new IllegalArgumentException("a sparsity of " + sparsity + " does not go with " + pattern
                    + ", which is " + own.rounded() + ": leave the sparsity out, or choose another pattern");
        });
    }
}
