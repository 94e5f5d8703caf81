package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.SparsityPattern;
import java.util.List;

/// Prunes one layer: finds the support, chooses the ridge on samples held back, and fits what stays to all samples.
public final class LayerSolver {
    private static final double FIRST_LAMBDA = 1e-2;
    private static final List<Double> LAMBDAS = List.of(1e-4, 1e-3, 1e-2, 5e-2, 2e-1);

    private final Products products;

    /// @param products where the time goes
    public LayerSolver(Products products) {
        this.products = products;
    }

    /// By ADMM; where plain magnitudes choose a support on which the fitted layer is nearer, by these.
    ///
    /// @param zeros how many units of the pattern go: elements or blocks
    public LayerSolution solve(LayerProblem problem, WeightMatrix matrix, SparsityPattern pattern, long zeros) {
        double[] weights = matrix.read(matrix.write(problem.dense(), problem.inputs()));
        Projection projection = new PatternProjection(matrix, pattern, zeros, weights);
        Moments all = problem.fit().with(problem.held());
        Quadratic quadratic = Quadratic.of(all, problem.dense(), problem.weightInputs(), FIRST_LAMBDA);
        boolean[] kept = AdmmSupport.of(
                quadratic, problem.dense(), problem.rowScale(), problem.weightInputs(), projection, products);
        LayerSolution byAdmm = refit(problem, all, kept);
        LayerSolution byMagnitude = refit(problem, all, projection.keep(magnitudes(weights)));
        return byAdmm.error() <= byMagnitude.error() ? byAdmm : byMagnitude;
    }

    private static float[] magnitudes(double[] weights) {
        float[] magnitudes = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            magnitudes[i] = (float) Math.abs(weights[i]);
        }
        return magnitudes;
    }

    /// The best weights on a support that is given.
    public LayerSolution refit(LayerProblem problem, boolean[] kept) {
        return refit(problem, problem.fit().with(problem.held()), kept);
    }

    private LayerSolution refit(LayerProblem problem, Moments all, boolean[] kept) {
        double best = FIRST_LAMBDA;
        double least = Double.POSITIVE_INFINITY;
        for (double lambda : LAMBDAS) {
            double error = problem.relativeError(fitted(problem, problem.fit(), kept, lambda), problem.held());
            if (error < least) {
                least = error;
                best = lambda;
            }
        }
        double[] weights = fitted(problem, all, kept, best);
        return new LayerSolution(
                weights,
                problem.inputs(),
                kept,
                best,
                problem.relativeError(masked(problem, kept), all),
                problem.relativeError(weights, all));
    }

    private double[] fitted(LayerProblem problem, Moments samples, boolean[] kept, double lambda) {
        Quadratic quadratic = Quadratic.of(samples, problem.dense(), problem.weightInputs(), lambda);
        return Refit.of(quadratic, problem.dense(), kept, problem.weightInputs(), products);
    }

    private static double[] masked(LayerProblem problem, boolean[] kept) {
        double[] w = problem.dense().clone();
        int inputs = problem.inputs();
        int weightInputs = problem.weightInputs();
        for (int i = 0; i < w.length; i++) {
            int j = i % inputs;
            if (j < weightInputs && !kept[i / inputs * weightInputs + j]) {
                w[i] = 0;
            }
        }
        return w;
    }
}
