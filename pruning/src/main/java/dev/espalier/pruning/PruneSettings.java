package dev.espalier.pruning;

import dev.espalier.pruning.scope.Scope;
import dev.espalier.pruning.scope.Scopes;
import java.util.Optional;

/// What is asked of weights, not yet checked: [PruneRule] does that.
///
/// @param sparsity share of zeros: of the units of the pattern; none where pattern or method say it
/// @param pattern that the zeros follow
/// @param scope what that share is counted over
/// @param method how to choose
/// @param limits what it is a share of
public record PruneSettings(
        Optional<Sparsity> sparsity, PatternChoice pattern, Scope scope, PruningMethod method, PruneLimits limits) {
    /// Settings that replace others where they say something.
    public record Changes(
            Optional<Sparsity> sparsity,
            Optional<PatternChoice> pattern,
            Optional<Scope> scope,
            Optional<PruningMethod> method,
            Optional<PruneLimits> limits) {
        /// Reads what `--layer` says, for each layer alone: `0.5`, or a pattern.
        ///
        /// @throws IllegalArgumentException if it is neither
        static Changes ofLayer(String text) {
            boolean isPattern = text.contains(":") || text.equals("unstructured");
            return new Changes(
                    isPattern ? Optional.empty() : Optional.of(Sparsity.parse(text)),
                    isPattern ? Optional.of(PatternChoice.parse(text)) : Optional.empty(),
                    Optional.of(Scopes.LAYER),
                    Optional.empty(),
                    Optional.empty());
        }
    }

    /// These with changes, and without what no longer means anything: a pattern that has a sparsity of its own,
    /// or a method that says what goes, takes the place of a sparsity and a scope that are only inherited; a
    /// sparsity of 0 that of a pattern. A pattern that has no sparsity inherits that of the one it replaces.
    public PruneSettings with(Changes changes) {
        PruningMethod newMethod = changes.method.orElse(method);
        boolean isNothing =
                changes.sparsity.filter(s -> s.share().signum() == 0).isPresent();
        PatternChoice newPattern = changes.pattern.orElse(isNothing ? new PatternChoice.Unstructured() : pattern);
        boolean decides = newMethod.decides();
        Optional<Sparsity> inherited =
                newPattern.sparsity().or(() -> decides ? Optional.empty() : sparsity.or(pattern::sparsity));
        boolean isOfEach = decides || newPattern.sparsity().isPresent();
        return new PruneSettings(
                changes.sparsity.or(() -> inherited),
                newPattern,
                changes.scope.orElse(isOfEach ? Scopes.LAYER : scope),
                newMethod,
                changes.limits.orElse(decides ? limits.onlyOfSize() : limits));
    }
}
