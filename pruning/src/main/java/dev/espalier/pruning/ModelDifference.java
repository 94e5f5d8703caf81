package dev.espalier.pruning;

import dev.espalier.onnx.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What changed from one model to another, tensor by tensor.
///
/// @param layers the weights that are pruned by default, and tensors that were named; those that were added come last
/// @param others every other constant
public record ModelDifference(List<TensorPair> layers, List<TensorPair> others) {
    public ModelDifference {
        layers = List.copyOf(layers);
        others = List.copyOf(others);
    }

    /// Compares.
    ///
    /// @param include only layers that one of these names, in either model; empty for all
    /// @param exclude not those that one of these names
    /// @throws PruningException if a name means nothing in both models, or a tensor cannot be decoded
    public static ModelDifference of(Model before, Model after, List<NameGlob> include, List<NameGlob> exclude) {
        ModelWeights old = WeightSearch.in(before);
        ModelWeights now = WeightSearch.in(after);
        ModelWeights both = new ModelWeights(
                Stream.concat(old.weights().stream(), now.weights().stream()).toList(),
                Stream.concat(old.others().stream(), now.others().stream()).toList());
        include.forEach(glob -> WeightSelection.requireMeaning("--include", glob, both));
        exclude.forEach(glob -> WeightSelection.requireMeaning("--exclude", glob, both));
        List<ComparedTensor> added = new ArrayList<>();
        Map<ComparedTensor, Optional<ComparedTensor>> matched =
                TensorMatching.of(ComparedTensor.of(file(before), old), ComparedTensor.of(file(after), now), added);
        List<TensorPair> pairs = Stream.concat(
                        matched.entrySet().parallelStream().map(entry -> pair(entry.getKey(), entry.getValue())),
                        added.stream().map(TensorPair::added))
                .toList();
        return new ModelDifference(
                pairs.stream().filter(p -> isShown(p, include, exclude)).toList(),
                pairs.stream().filter(p -> !isShown(p, include, exclude)).toList());
    }

    private static String file(Model model) {
        return model.source().map(Path::toString).orElse("model in memory");
    }

    private static TensorPair pair(ComparedTensor before, Optional<ComparedTensor> after) {
        return after.map(now -> TensorPair.of(before, now)).orElseGet(() -> TensorPair.removed(before));
    }

    private static boolean isShown(TensorPair pair, List<NameGlob> include, List<NameGlob> exclude) {
        boolean isNamed = include.stream().anyMatch(glob -> (pair.isLayer() || glob.isExact()) && pair.isNamedBy(glob));
        return (isNamed || (include.isEmpty() && pair.isLayer()))
                && exclude.stream().noneMatch(pair::isNamedBy);
    }
}
