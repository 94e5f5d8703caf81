package dev.espalier.pruning;

import dev.espalier.pruning.scope.Scope;
import dev.espalier.pruning.scope.Scopes;
import java.util.Optional;

/// What is asked of some weights, checked as far as it can be without a model.
///
/// @param origin where it was said, for messages and reasons: "--layer fc*", "rule 2"; empty for what holds for
///     all others
/// @param weights which weights
/// @param sparsity share of zeros: of the units of the pattern; none only where pattern or method say it
/// @param pattern that the zeros follow
/// @param scope what that share is counted over
/// @param method how to choose
/// @param limits what it is a share of
public record PruneRule(
        String origin,
        WeightNames weights,
        Optional<Sparsity> sparsity,
        PatternChoice pattern,
        Scope scope,
        PruningMethod method,
        PruneLimits limits) {
    /// @throws IllegalArgumentException if its parts contradict each other
    public PruneRule {
        Optional<Sparsity> own = pattern.sparsity();
        if (own.isPresent()) {
            requireAgreement(pattern, own.get(), sparsity, scope);
        }
        sparsity = own.isPresent() && sparsity.isEmpty() ? own : sparsity;
        if (sparsity.isEmpty()) {
            throw new IllegalArgumentException("no sparsity");
        }
    }

    /// A rule for every weight that no other means.
    public static PruneRule forAll(Sparsity sparsity, PatternChoice pattern, Scope scope, PruningMethod method) {
        return new PruneRule("", WeightNames.ALL, Optional.of(sparsity), pattern, scope, method, PruneLimits.NONE);
    }

    /// Reads what `--layer` says: `0.5` or, with the sparsity that is asked for elsewhere if it has none of its
    /// own, a pattern. It is asked of each layer alone. A share of 0 leaves the layers as they are.
    ///
    /// @throws IllegalArgumentException if it is neither
    public PruneRule forLayers(String glob, String text) {
        PatternChoice own = pattern;
        Optional<Sparsity> share = sparsity;
        if (text.contains(":") || text.equals("unstructured")) {
            own = PatternChoice.parse(text);
            share = own.sparsity().or(() -> sparsity);
        } else {
            share = Optional.of(Sparsity.parse(text));
            own = share.get().share().signum() == 0 ? new PatternChoice.Unstructured() : own;
        }
        return new PruneRule(
                "--layer " + glob, WeightNames.ofLayers(NameGlob.of(glob)), share, own, Scopes.LAYER, method, limits);
    }

    /// The same with another method.
    PruneRule by(PruningMethod other) {
        return new PruneRule(origin, weights, sparsity, pattern, scope, other, limits);
    }

    private static void requireAgreement(
            PatternChoice pattern, Sparsity own, Optional<Sparsity> sparsity, Scope scope) {
        if (sparsity.isPresent() && !own.agreesWith(sparsity.get())) {
            throw new IllegalArgumentException("a sparsity of " + sparsity.get() + " does not go with " + pattern
                    + ", which is " + own.rounded() + ": leave the sparsity out, or choose another pattern");
        }
        if (!scope.isOfEachLayer()) {
            throw new IllegalArgumentException("with " + pattern
                    + " every group is pruned alike: it is always counted in every layer, --scope " + scope.name()
                    + " says nothing");
        }
    }
}
