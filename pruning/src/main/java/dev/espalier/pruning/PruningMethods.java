package dev.espalier.pruning;

import dev.espalier.sparse.Magnitudes;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

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

    /// A method as it is asked for.
    ///
    /// @param name on the command line
    /// @param summary what it does, in one line of help
    /// @param needs what it must be given, an option; empty if nothing
    /// @param given makes the method of what is given; nothing if it is not
    public record Kind(
            String name, String summary, String needs, Function<MethodInputs, Optional<PruningMethod>> given) {
        private static Kind of(PruningMethod method) {
            return new Kind(method.name(), method.summary(), "", inputs -> Optional.of(method));
        }

        /// The method.
        ///
        /// @throws IllegalArgumentException if what it needs is not given, or makes no sense
        public PruningMethod with(MethodInputs inputs) {
            return given.apply(inputs)
                    .orElseThrow(() -> new IllegalArgumentException("the method " + name + " needs " + needs));
        }
    }

    /// In the order in which help lists them.
    public static final List<Kind> ALL = List.of(
            Kind.of(MAGNITUDE),
            Kind.of(RANDOM),
            new Kind(
                    "threshold",
                    "all |w| below --threshold go",
                    "--threshold",
                    inputs -> inputs.threshold().stream().boxed().findFirst().map(Threshold::new)),
            new Kind(
                    "scores",
                    "the lowest of --scores go",
                    "--scores",
                    inputs -> inputs.scores().map(GivenScores::new)),
            new Kind(
                    "mask",
                    "what --masks say goes",
                    "--masks",
                    inputs -> inputs.masks().map(GivenMasks::new)));

    private PruningMethods() {}

    /// The method of that name.
    public static Optional<Kind> named(String name) {
        return ALL.stream().filter(method -> method.name().equals(name)).findFirst();
    }
}
