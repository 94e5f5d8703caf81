package dev.espalier.pruning.calibrated;

/// A way to prune one layer by what it computes on samples.
public interface CalibratedMethod {
    /// The name on the command line.
    String name();

    /// What it does, in one line of help.
    String summary();

    /// Chooses what stays and what it becomes.
    ///
    /// @param products where the time goes
    LayerSolution solve(LayerProblem problem, Products products);
}
