package dev.espalier.pruning.calibrated;

import java.util.Optional;

/// A way to prune one layer by what it computes on samples.
public interface CalibratedMethod {
    /// The name on the command line.
    String name();

    /// What it does, in one line of help.
    String summary();

    /// Why it does not take on a layer, which is then pruned by `admm`; a clause.
    default Optional<String> refusal(LayerProblem problem) {
        return Optional.empty();
    }

    /// Whether what it gives may be fitted further: it changes every weight that stays.
    default boolean changesWeights() {
        return true;
    }

    /// Chooses what stays and what it becomes.
    ///
    /// @param products where the time goes
    LayerSolution solve(LayerProblem problem, Products products);
}
