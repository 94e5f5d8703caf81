package dev.espalier.pruning;

import dev.espalier.pruning.scope.Scope;
import java.util.Optional;

/// What is asked of some weights, checked as far as it can be without a model.
///
/// @param origin where it was said, for messages and reasons: "--layer fc*", "rule 2"; empty for what holds for
///     all weights that no other rule means
/// @param weights which weights
/// @param settings what is asked of them
public record PruneRule(String origin, WeightNames weights, PruneSettings settings) {
    /// @throws IllegalArgumentException if its settings contradict each other
    public PruneRule {
        PruningMethod method = settings.method();
        if (!method.goesWith(settings.pattern())) {
            throw new IllegalArgumentException(
                    "the method " + method.name() + " does not go with " + settings.pattern());
        }
        settings.pattern().sparsity().ifPresent(own -> requireAgreement(own, settings));
        if (method.decides()) {
            requireNothingElse(settings);
        } else if (sparsityOf(settings).isEmpty()) {
            throw new IllegalArgumentException("no sparsity is asked for: say -s SHARE, as -s 0.9");
        }
    }

    /// A rule for every weight that no other means.
    public static PruneRule forAll(Sparsity sparsity, PatternChoice pattern, Scope scope, PruningMethod method) {
        return forAll(new PruneSettings(Optional.of(sparsity), pattern, scope, method, PruneLimits.NONE));
    }

    /// A rule for every weight that no other means.
    ///
    /// @throws IllegalArgumentException if its settings contradict each other
    public static PruneRule forAll(PruneSettings settings) {
        return new PruneRule("", WeightNames.ALL, settings);
    }

    /// What `--layer` says: `0.5` or a pattern, of each layer alone; the rest as it is asked elsewhere.
    ///
    /// @param elsewhere what is asked of others
    /// @throws IllegalArgumentException if it is neither
    public static PruneRule ofLayers(String glob, String text, PruneSettings elsewhere) {
        return new PruneRule(
                "--layer " + glob,
                WeightNames.ofLayers(NameGlob.of(glob)),
                elsewhere.with(PruneSettings.Changes.ofLayer(text)));
    }

    /// The share of zeros; none where the method says it.
    Optional<Sparsity> sparsity() {
        return sparsityOf(settings);
    }

    /// A part of the way to what is asked for: that share of the sparsity, and of KEEP:GROUP as many of the zeros of a
    /// group as that is of them, rounded down.
    PruneRule partly(Sparsity share) {
        PatternChoice part = settings.pattern().partly(share);
        Optional<Sparsity> own = settings.pattern().sparsity().isPresent()
                ? part.sparsity().or(() -> Optional.of(Sparsity.parse("0")))
                : settings.sparsity().map(sparsity -> sparsity.times(share));
        return new PruneRule(
                origin, weights, new PruneSettings(own, part, settings.scope(), settings.method(), settings.limits()));
    }

    private static Optional<Sparsity> sparsityOf(PruneSettings settings) {
        return settings.sparsity().or(settings.pattern()::sparsity);
    }

    private static void requireNothingElse(PruneSettings settings) {
        if (settings.sparsity().isPresent()
                || !settings.scope().isOfEachLayer()
                || !settings.limits().equals(settings.limits().onlyOfSize())) {
            throw new IllegalArgumentException("the method " + settings.method().name()
                    + " says itself what goes: a sparsity, a scope or limits do not go with it");
        }
    }

    private static void requireAgreement(Sparsity own, PruneSettings settings) {
        PatternChoice pattern = settings.pattern();
        settings.sparsity().filter(sparsity -> !own.agreesWith(sparsity)).ifPresent(sparsity -> {
            throw new IllegalArgumentException("a sparsity of " + sparsity + " does not go with " + pattern
                    + ", which is " + own.rounded() + ": leave the sparsity out, or choose another pattern");
        });
        if (!settings.scope().isOfEachLayer()) {
            throw new IllegalArgumentException("with " + pattern
                    + " every group is pruned alike: it is always counted in every layer, --scope "
                    + settings.scope().name() + " says nothing");
        }
        if (settings.limits().maxLayer().share().compareTo(own.share()) < 0) {
            throw new IllegalArgumentException(pattern + " is " + own.rounded() + ", more than the "
                    + settings.limits().maxLayer() + " that a layer may lose");
        }
    }
}
