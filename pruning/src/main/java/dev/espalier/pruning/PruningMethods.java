package dev.espalier.pruning;

import dev.espalier.sparse.Magnitudes;
import java.util.List;
import java.util.Optional;

/// The pruning methods. To add one, write its class and add it here.
public final class PruningMethods {
    /// The smallest magnitudes go (Han et al. 2015; PyTorch's `l1_unstructured`).
    public static final PruningMethod MAGNITUDE = new ByScore(
            "magnitude",
            "the smallest |w| go",
            (weight, tensor, seed) ->
                    Magnitudes.of(tensor, weight.quantization(), Magnitudes.exactBits(tensor.type())));

    /// Lots decide (PyTorch's `random_unstructured`): what to compare a method with.
    public static final PruningMethod RANDOM = new ByScore(
            "random",
            "lots decide, by --seed",
            (weight, tensor, seed) -> new RandomScores(
                    Magnitudes.of(tensor, weight.quantization(), 63),
                    seed,
                    weight.name().hashCode()));

    /// In the order in which help lists them.
    public static final List<PruningMethod> ALL = List.of(MAGNITUDE, RANDOM);

    private PruningMethods() {}

    /// The method of that name.
    public static Optional<PruningMethod> named(String name) {
        return ALL.stream().filter(method -> method.name().equals(name)).findFirst();
    }
}
