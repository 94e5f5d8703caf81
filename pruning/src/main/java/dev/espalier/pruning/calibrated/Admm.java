package dev.espalier.pruning.calibrated;

/// Finds the support by ADMM and fits it; where plain magnitudes choose a support on which the fitted layer is nearer,
/// takes these.
final class Admm implements CalibratedMethod {
    private static final double LAMBDA = 1e-2;

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
        Quadratic quadratic = Quadratic.of(problem.all(), problem.dense(), problem.weightInputs(), LAMBDA);
        boolean[] kept = AdmmSupport.of(
                quadratic, problem.dense(), problem.rowScale(), problem.weightInputs(), problem.projection(), products);
        LayerSolution byAdmm = SupportFit.of(problem, kept, products);
        LayerSolution byMagnitude = SupportFit.of(problem, problem.largest(), products);
        return byAdmm.error() <= byMagnitude.error() ? byAdmm : byMagnitude;
    }
}
