package dev.espalier.cli;

import dev.espalier.pruning.PatternChoice;
import dev.espalier.pruning.PruneRequest;
import dev.espalier.pruning.PruneRule;
import dev.espalier.pruning.PruningMethod;
import dev.espalier.pruning.PruningMethods;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.WeightNames;
import dev.espalier.pruning.calibrated.CalibratedMethod;
import dev.espalier.pruning.calibrated.CalibratedMethods;
import dev.espalier.pruning.scope.Scope;
import dev.espalier.pruning.scope.Scopes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
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

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            converter = Converters.MethodConverter.class,
            completionCandidates = Converters.Methods.class,
            description = "How to choose, one of ${COMPLETION-CANDIDATES} (default: magnitude, the smallest |w| go; "
                    + "with --calibration admm).")
    private @Nullable String method;

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

    private PruningMethod plainMethod() {
        return Optional.ofNullable(method).flatMap(PruningMethods::named).orElse(PruningMethods.MAGNITUDE);
    }

    /// The method that is used if there are samples.
    ///
    /// @throws ParameterException if it needs samples and there are none, or the other way round
    CalibratedMethod calibratedMethod(boolean hasSamples) {
        Optional<CalibratedMethod> found = Optional.ofNullable(method).flatMap(CalibratedMethods::named);
        if (found.isPresent() && !hasSamples) {
            throw usage("--method " + method + " prunes by what layers compute on samples: give some with "
                    + "--calibration DATA");
        }
        if (hasSamples && method != null && found.isEmpty()) {
            throw usage("--method " + method + " makes no use of samples: leave out --calibration, or choose among "
                    + CalibratedMethods.ALL.stream().map(CalibratedMethod::name).collect(Collectors.joining(", ")));
        }
        return found.orElse(CalibratedMethods.ADMM);
    }

    /// What is asked for.
    ///
    /// @throws ParameterException if the options contradict each other
    PruneRequest request() {
        if (sparsity == null && pattern.sparsity().isEmpty()) {
            throw usage("Missing required option: '--sparsity=SHARE'");
        }
        try {
            List<PruneRule> rules = new ArrayList<>();
            PruneRule all = new PruneRule(
                    "", WeightNames.ALL, Optional.ofNullable(sparsity), pattern, scope, plainMethod(), limits.limits());
            rules.add(all);
            layers.forEach((glob, text) -> rules.add(layerRule(all, glob, text)));
            return new PruneRequest(rules, names.included(), names.excluded(), seed);
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private PruneRule layerRule(PruneRule all, String glob, String text) {
        try {
            return all.forLayers(glob, text);
        } catch (IllegalArgumentException e) {
            throw usage("--layer " + glob + ": " + e.getMessage());
        }
    }

    private ParameterException usage(@Nullable String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
