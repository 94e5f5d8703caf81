package dev.espalier.pruning.calibrated;

import java.util.List;

/// One layer at several sparsities, roughly: what its curve is made of.
public final class LayerLevels {
    private static final double LAMBDA = 1e-2;
    /// Multiply-adds of exchanges: what takes no time to speak of.
    private static final double MOST_WORK = 5e8;

    private LayerLevels() {}

    /// Solves a layer for several numbers of zeros at once.
    ///
    /// @param zeros how many units of the pattern go, for each level
    /// @return one for each
    public static List<LayerSolution> of(LayerProblem problem, List<Long> zeros, Products products) {
        List<Projection> projections =
                zeros.stream().map(problem.projection()::at).toList();
        List<AdmmSupport.Found> found = Admm.supports(problem, projections, AdmmSupport.FEW, products);
        try (LayerFit fit = new LayerFit(problem, products)) {
            return found.stream()
                    .map(f -> fit.roughly(Admm.exchanged(problem, f, MOST_WORK), LAMBDA))
                    .toList();
        }
    }
}
