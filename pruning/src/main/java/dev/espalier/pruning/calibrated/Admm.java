package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.Unstructured;
import java.util.List;

/// Finds the support by ADMM, exchanges weights one for one, and fits it; where plain magnitudes choose a support on
/// which the fitted layer is nearer, takes these.
final class Admm implements CalibratedMethod {
    private static final double LAMBDA = 1e-2;
    private static final int MOST_RAISES = 2;
    /// Multiply-adds of exchanges: what takes about a second.
    private static final double MOST_WORK = 2e9;

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
        AdmmSupport.Found found = exchanged(
                problem,
                supports(problem, List.of(problem.projection()), AdmmSupport.MANY, products)
                        .getFirst(),
                MOST_WORK);
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

    /// A better support of single weights, if it is not much work.
    ///
    /// @param most multiply-adds, about
    static AdmmSupport.Found exchanged(LayerProblem problem, AdmmSupport.Found found, double most) {
        if (!(problem.pattern() instanceof Unstructured)) {
            return found;
        }
        int raises =
                problem.groups().stream().mapToInt(GroupProblem::raises).max().orElse(0);
        return found.on(Exchange.of(problem, found.kept(), LAMBDA * Math.pow(10, raises), most));
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
