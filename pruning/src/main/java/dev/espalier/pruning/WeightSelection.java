package dev.espalier.pruning;

import dev.espalier.onnx.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The weights that `--include` and `--exclude` mean, and what is left alone with the reason.
///
/// A name with `*` or `?` chooses among the default targets; a tensor that is none (a bias, an embedding) joins
/// when its exact name is included. A name that means nothing is an error: a typing mistake must not prune
/// another layer.
///
/// @param weights what is chosen
/// @param leftAlone everything else
public record WeightSelection(List<Weight> weights, List<LeftAlone> leftAlone) {
    public WeightSelection {
        weights = List.copyOf(weights);
        leftAlone = List.copyOf(leftAlone);
    }

    /// Chooses.
    ///
    /// @throws PruningException if a name means nothing in this model, or names a tensor that cannot be pruned
    public static WeightSelection of(ModelWeights all, List<NameGlob> include, List<NameGlob> exclude) {
        List<Weight> weights = new ArrayList<>();
        List<LeftAlone> leftAlone = new ArrayList<>();
        for (Weight weight : all.weights()) {
            if (!include.isEmpty() && include.stream().noneMatch(weight::isNamedBy)) {
                leftAlone.add(new LeftAlone(weight.value(), "not included", Optional.of(weight)));
            } else if (exclude.stream().anyMatch(weight::isNamedBy)) {
                leftAlone.add(new LeftAlone(weight.value(), "excluded", Optional.of(weight)));
            } else {
                weights.add(weight);
            }
        }
        for (LeftAlone other : all.others()) {
            Predicate<NameGlob> namesIt = glob -> glob.isExact() && Weight.isTensorNamedBy(other.value(), glob);
            if (include.stream().noneMatch(namesIt) || exclude.stream().anyMatch(namesIt)) {
                leftAlone.add(other);
                continue;
            }
            weights.add(other.ifNamed()
                    .orElseThrow(() -> new PruningException(
                            "'" + other.value() + "' cannot be pruned: " + other.reason(),
                            "tensor '" + other.value() + "'",
                            "leave it out of --include")));
        }
        include.forEach(glob -> requireMeaning("--include " + glob, glob, all));
        exclude.forEach(glob -> requireMeaning("--exclude " + glob, glob, all));
        return new WeightSelection(weights, leftAlone);
    }

    /// @throws PruningException if the name means nothing in this model
    static void requireMeaning(String where, NameGlob glob, ModelWeights all) {
        boolean meansWeight = all.weights().stream().anyMatch(weight -> weight.isNamedBy(glob));
        boolean meansOther = all.others().stream().anyMatch(other -> Weight.isTensorNamedBy(other.value(), glob));
        if (!meansWeight && !meansOther) {
            throw meaningless(where, glob, all);
        }
    }

    private static PruningException meaningless(String where, NameGlob glob, ModelWeights all) {
        String some = Stream.concat(
                        all.weights().stream().map(Weight::value),
                        all.others().stream().map(LeftAlone::value))
                .limit(3)
                .map(Value::path)
                .collect(Collectors.joining(", "));
        return new PruningException(
                "no node or tensor is named '" + glob + "'",
                where,
                "`espalier inspect --all` lists the names; this model has " + some + ", ...");
    }
}
