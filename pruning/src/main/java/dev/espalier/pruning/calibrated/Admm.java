package dev.espalier.pruning.calibrated;

import java.util.List;

/// Finds the support by ADMM and fits it; where plain magnitudes choose a support on which the fitted layer is nearer,
/// takes these.
final class Admm implements CalibratedMethod {
    private static final double LAMBDA = 1e-2;
    private static final int MOST_RAISES = 2;

    @Override
    public String name() {
        return "admm";
    }

    @Override
    public String summary() {
        return "the weights on which the layer computes most nearly what it did (ALPS)";
    }

    @Override
    public LayerSolution solve(LayerProblem problem, Products products) {
        AdmmSupport.Found found = supports(problem, List.of(problem.projection()), AdmmSupport.MANY, products)
                .getFirst();
        try (LayerFit fit = new LayerFit(problem, products)) {
            LayerSolution byAdmm = fit.on(found);
            // With the other's ridge at first: it seldom comes near.
            LayerSolution byMagnitude = fit.on(problem.largest(), byAdmm);
            if (byMagnitude.error() < byAdmm.error() * 1.1) {
                byMagnitude = fit.on(problem.largest());
            }
            return byAdmm.error() <= byMagnitude.error() ? byAdmm : byMagnitude;
        }
    }

    /// A support for each pattern. Where second moments are not positive definite, the ridge is raised, at most twice.
    static List<AdmmSupport.Found> supports(
            LayerProblem problem, List<Projection> projections, int steps, Products products) {
        double lambda = LAMBDA;
        for (int raise = 0; ; raise++) {
            try {
                return AdmmSupport.of(problem, lambda, projections, steps, products);
            } catch (NotPositiveDefiniteException e) {
                if (raise == MOST_RAISES) {
                    throw e;
                }
                problem.groups().forEach(GroupProblem::raiseRidge);
                lambda *= 10;
            }
        }
    }
}
