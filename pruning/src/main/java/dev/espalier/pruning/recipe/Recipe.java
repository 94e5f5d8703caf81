package dev.espalier.pruning.recipe;

import dev.espalier.pruning.MethodInputs;
import dev.espalier.pruning.NameGlob;
import dev.espalier.pruning.NameMap;
import dev.espalier.pruning.PatternChoice;
import dev.espalier.pruning.PruneLimits;
import dev.espalier.pruning.PruneRule;
import dev.espalier.pruning.PruneSettings;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.PruningMethod;
import dev.espalier.pruning.PruningMethods;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.WeightNames;
import dev.espalier.pruning.scope.Amount;
import dev.espalier.pruning.scope.Scope;
import dev.espalier.pruning.scope.Scopes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads recipes: YAML files with a list of rules, each about the weights that its names mean.
///
/// ```yaml
/// rules:
///   - operator: Conv
///     pattern: 2:4
///   - tensor: [fc.weight, "re:head\\..*"]
///     sparsity: 50%
///     method: random
/// ```
///
/// What a rule does not say is as the command line says it. Of several rules that mean a weight the last counts.
public final class Recipe {
    /// The keys of a rule, in the order in which messages list them.
    private static final List<String> KEYS = List.of(
            "layer",
            "node",
            "tensor",
            "operator",
            "sparsity",
            "pattern",
            "scope",
            "method",
            "threshold",
            "of",
            "budget",
            "max-layer-sparsity",
            "min-layer-size");

    private static final String RULES = "rules";

    private final PruneSettings defaults;
    private final MethodInputs inputs;

    private Recipe(PruneSettings defaults, MethodInputs inputs) {
        this.defaults = defaults;
        this.inputs = inputs;
    }

    /// Reads the rules of a file.
    ///
    /// @param defaults what holds where a rule says nothing
    /// @param inputs what methods are given
    /// @throws PruningException if it is not YAML, or a rule makes no sense
    public static List<PruneRule> read(Path file, PruneSettings defaults, MethodInputs inputs) throws IOException {
        Yaml root = Yaml.read(file);
        Map<String, Yaml> entries = known(root.entries("a recipe"), List.of(RULES));
        Yaml list = entries.get(RULES);
        if (list == null || list.items("a list of rules").isEmpty()) {
            throw root.error("a recipe without rules", "write them as a list under 'rules:'");
        }
        Recipe recipe = new Recipe(defaults, inputs);
        List<PruneRule> rules = new ArrayList<>();
        for (Yaml item : list.items("a list of rules")) {
            rules.add(recipe.rule("rule " + (rules.size() + 1) + " of " + file, item));
        }
        return rules;
    }

    private static Map<String, Yaml> known(Map<String, Yaml> entries, List<String> keys) {
        entries.forEach((key, value) -> {
            if (!keys.contains(key)) {
                throw value.error(
                        "'" + key + "' is not a key",
                        "did you mean '" + Keys.nearest(key, keys) + "'? there are " + String.join(", ", keys));
            }
        });
        return entries;
    }

    private PruneRule rule(String origin, Yaml item) {
        Map<String, Yaml> entries = known(item.entries("a rule"), KEYS);
        WeightNames names = new WeightNames(
                globs(entries.get("layer")),
                globs(entries.get("node")),
                globs(entries.get("tensor")),
                globs(entries.get("operator")));
        PruneSettings.Changes changes = new PruneSettings.Changes(
                value(entries.get("sparsity"), Sparsity::parse),
                value(entries.get("pattern"), PatternChoice::parse),
                value(entries.get("scope"), text -> choice(text, "scope", Scopes.ALL, Scope::name)),
                method(entries),
                limits(entries));
        try {
            return new PruneRule(origin, names, defaults.with(changes));
        } catch (IllegalArgumentException e) {
            throw item.error(String.valueOf(e.getMessage()), "");
        }
    }

    private static List<NameGlob> globs(@Nullable Yaml names) {
        if (names == null) {
            return List.of();
        }
        try {
            return names.texts().stream().map(NameGlob::of).toList();
        } catch (IllegalArgumentException e) {
            throw names.error(String.valueOf(e.getMessage()), "");
        }
    }

    private Optional<PruningMethod> method(Map<String, Yaml> entries) {
        Optional<Double> threshold = value(entries.get("threshold"), Recipe::number);
        Yaml named = entries.get("method");
        if (named == null && threshold.isEmpty()) {
            return Optional.empty();
        }
        MethodInputs own = threshold.isEmpty()
                ? inputs
                : new MethodInputs(OptionalDouble.of(threshold.get()), inputs.scores(), inputs.masks());
        Yaml at = named == null ? entries.get("threshold") : named;
        return value(
                at,
                text -> choice(
                                named == null ? "threshold" : text,
                                "method",
                                PruningMethods.ALL,
                                PruningMethods.Kind::name)
                        .with(own));
    }

    private Optional<PruneLimits> limits(Map<String, Yaml> entries) {
        if (List.of("of", "budget", "max-layer-sparsity", "min-layer-size").stream()
                .noneMatch(entries::containsKey)) {
            return Optional.empty();
        }
        PruneLimits old = defaults.limits();
        return Optional.of(new PruneLimits(
                value(
                                entries.get("of"),
                                text -> choice(text, "share", Arrays.asList(Amount.Of.values()), Amount.Of::toString))
                        .orElse(old.of()),
                value(
                                entries.get("budget"),
                                text -> choice(
                                        text,
                                        "budget",
                                        Arrays.asList(PruneLimits.Budget.values()),
                                        PruneLimits.Budget::toString))
                        .orElse(old.budget()),
                value(entries.get("max-layer-sparsity"), Sparsity::parse).orElse(old.maxLayer()),
                value(entries.get("min-layer-size"), Recipe::count).orElse(old.minElements())));
    }

    private static <T> Optional<T> value(@Nullable Yaml at, Function<String, T> parse) {
        if (at == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse.apply(at.text()));
        } catch (IllegalArgumentException e) {
            throw at.error(String.valueOf(e.getMessage()), "");
        }
    }

    private static <T> T choice(String text, String what, List<T> all, Function<T, String> name) {
        return all.stream()
                .filter(one -> name.apply(one).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is not a " + what + ": there are "
                        + all.stream().map(name).collect(Collectors.joining(", "))));
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a number", e);
        }
    }

    private static long count(String text) {
        if (!text.matches("\\d{1,18}")) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number");
        }
        return Long.parseLong(text);
    }

    /// Reads a map of names: `TENSOR: ARRAY` lines, in YAML or JSON.
    ///
    /// @throws PruningException if it is something else
    public static NameMap names(Path file) throws IOException {
        Map<String, String> arrays = new LinkedHashMap<>();
        Yaml.read(file).entries("a map of names").forEach((tensor, array) -> arrays.put(tensor, array.text()));
        return new NameMap(arrays);
    }
}
