package dev.espalier.pruning.calibrated;

import java.util.List;

/// Fits what stays of a layer to its samples: the ridge is chosen on those that are held back, then all are used.
final class SupportFit {
    private static final List<Double> LAMBDAS = List.of(1e-4, 1e-3, 1e-2, 5e-2, 2e-1);

    private final Products products;

    private SupportFit(Products products) {
        this.products = products;
    }

    /// @param kept what stays, outputs x inputs without the bias
    static LayerSolution of(LayerProblem problem, boolean[] kept, Products products) {
        return new SupportFit(products).refit(problem, problem.all(), kept);
    }

    private LayerSolution refit(LayerProblem problem, Moments all, boolean[] kept) {
        double best = LAMBDAS.getFirst();
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
