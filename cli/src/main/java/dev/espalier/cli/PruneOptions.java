package dev.espalier.cli;

import dev.espalier.pruning.MethodInputs;
import dev.espalier.pruning.PatternChoice;
import dev.espalier.pruning.PruneRequest;
import dev.espalier.pruning.PruneRule;
import dev.espalier.pruning.PruneSettings;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.recipe.Recipe;
import dev.espalier.pruning.scope.Scope;
import dev.espalier.pruning.scope.Scopes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// Which weights become zero.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class PruneOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-s", "--sparsity"},
            paramLabel = "SHARE",
            converter = Converters.SparsityConverter.class,
            description = "Share of the weights that is zero in the end, 0.9 or 90%%. What is zero already counts. "
                    + "Follows from --pattern KEEP:GROUP.")
    private @Nullable Sparsity sparsity;

    @Option(
            names = "--pattern",
            paramLabel = "PATTERN",
            converter = Converters.PatternConverter.class,
            description = "Which weights may be zero together: " + PatternChoice.FORMS + ". KEEP:GROUP keeps KEEP of "
                    + "every GROUP along the inputs; a block has R outputs and C inputs and goes by the mean of its "
                    + "|w|, or the largest; a slice goes by its L2, L1 or maximum norm (default: ${DEFAULT-VALUE}). "
                    + "Or channels, see below.")
    private PatternChoice pattern = new PatternChoice.Unstructured();

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            converter = Converters.ScopeConverter.class,
            completionCandidates = Converters.ScopeNames.class,
            description = "What the share is counted over and how it is divided among layers, one of "
                    + "${COMPLETION-CANDIDATES} (default: layer, each by itself).")
    private Scope scope = Scopes.LAYER;

    @Mixin
    private MethodOptions method;

    @Mixin
    private LimitOptions limits;

    @Mixin
    private NameOptions names;

    @Option(
            names = "--layer",
            paramLabel = "GLOB=SHARE",
            description = "Another sparsity, or pattern, for the layers whose node or tensor name matches. "
                    + "Repeatable; the last that matches counts.")
    private Map<String, String> layers = new LinkedHashMap<>();

    @Option(
            names = "--recipe",
            paramLabel = "FILE",
            description = "A YAML file with a list of rules for layers, tensors or operators; what a rule does not "
                    + "say is as these options say it. The last rule that matches counts.")
    private @Nullable Path recipe;

    @Option(names = "--seed", description = "Seed of the methods that draw lots (default: ${DEFAULT-VALUE}).")
    private long seed;

    /// The pattern, as it is written.
    String pattern() {
        return pattern.toString();
    }

    /// What is asked of all layers.
    Optional<Sparsity> share() {
        return Optional.ofNullable(sparsity).or(pattern::sparsity);
    }

    long seed() {
        return seed;
    }

    /// Whether every layer is asked for its share by itself.
    boolean isOfEachLayer() {
        return scope.isOfEachLayer();
    }

    MethodOptions method() {
        return method;
    }

    /// What is asked for.
    ///
    /// @param inputs what methods are given
    /// @throws ParameterException if the options contradict each other
    PruneRequest request(MethodInputs inputs) throws IOException {
        PruneSettings all = new PruneSettings(
                Optional.ofNullable(sparsity), pattern, scope, method.method(inputs), limits.limits());
        List<PruneRule> rules = new ArrayList<>();
        boolean isOfAll = recipe == null
                || sparsity != null
                || pattern.sparsity().isPresent()
                || all.method().decides();
        if (isOfAll) {
            rules.add(rule("", () -> PruneRule.forAll(all)));
        }
        if (recipe != null) {
            rules.addAll(Recipe.read(recipe, all, inputs));
        }
        layers.forEach(
                (glob, text) -> rules.add(rule("--layer " + glob + ": ", () -> PruneRule.ofLayers(glob, text, all))));
        return new PruneRequest(rules, names.included(), names.excluded(), seed);
    }

    private PruneRule rule(String where, Supplier<PruneRule> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw usage(where + e.getMessage());
        }
    }

    private ParameterException usage(@Nullable String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
