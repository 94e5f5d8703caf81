package dev.espalier.pruning.calibrated;

import java.util.List;

/// Fits what stays of a group of outputs to its samples: the ridge is chosen on those that are held back, then all are
/// used.
final class SupportFit implements AutoCloseable {
    private static final List<Double> LAMBDAS = List.of(1e-4, 1e-3, 1e-2, 5e-2, 2e-1);
    private static final int MIDDLE = 2;
    private static final double COARSE = 1e-3;
    private static final int FEW = 20;
    private static final double FINE = 1e-6;
    private static final int MANY = 60;

    private final GroupProblem problem;
    private final Refit fit;
    private final Refit held;
    private final Refit all;

    /// @param products where the time goes
    SupportFit(GroupProblem problem, Products products) {
        this.problem = problem;
        this.fit = new Refit(problem, problem.fit(), products);
        this.held = new Refit(problem, problem.held(), products);
        this.all = new Refit(problem, problem.all(), products);
    }

    /// The best weights on a support, with the ridge that is best on it. The error held back has one minimum over the
    /// ridge, so that it is looked for downhill from the middle.
    LayerSolution on(boolean[] kept) {
        return on(kept, denseWeights());
    }

    /// @param start to begin with, outputs x inputs
    LayerSolution on(boolean[] kept, float[] start) {
        Trial best = trial(kept, MIDDLE, start);
        for (int direction = -1; direction <= 1; direction += 2) {
            int middle = best.index;
            for (int i = middle + direction; i >= 0 && i < LAMBDAS.size(); i += direction) {
                Trial next = trial(kept, i, best.weights);
                if (next.error >= best.error) {
                    break;
                }
                best = next;
            }
            if (best.index != middle) {
                break;
            }
        }
        return on(kept, LAMBDAS.get(best.index), best.weights);
    }

    private static final class Trial {
        private final int index;
        private final float[] weights;
        private final double error;

        Trial(int index, float[] weights, double error) {
            this.index = index;
            this.weights = weights;
            this.error = error;
        }
    }

    private Trial trial(boolean[] kept, int index, float[] start) {
        float[] weights = fit.solve(kept, LAMBDAS.get(index), start, COARSE, FEW);
        return new Trial(index, weights, held.relativeError(weights));
    }

    /// The best weights with a ridge that is known.
    LayerSolution on(boolean[] kept, double lambda) {
        return on(kept, lambda, denseWeights());
    }

    /// Good weights with a ridge that is known.
    ///
    /// @param start to begin with, outputs x inputs
    LayerSolution roughly(boolean[] kept, float[] start, double lambda) {
        return solution(kept, lambda, all.solve(kept, lambda, start, COARSE, FEW));
    }

    private LayerSolution on(boolean[] kept, double lambda, float[] start) {
        return solution(kept, lambda, all.solve(kept, lambda, start, FINE, MANY));
    }

    private LayerSolution solution(boolean[] kept, double lambda, float[] weights) {
        return new LayerSolution(
                Numbers.widened(weights),
                problem.inputs(),
                kept,
                lambda,
                all.relativeError(masked(kept)),
                all.relativeError(weights));
    }

    private float[] denseWeights() {
        return Numbers.narrowed(problem.dense());
    }

    private float[] masked(boolean[] kept) {
        float[] w = denseWeights();
        int inputs = problem.inputs();
        int weightInputs = problem.weightInputs();
        for (int row = 0; row < w.length / inputs; row++) {
            for (int j = 0; j < weightInputs; j++) {
                if (!kept[row * weightInputs + j]) {
                    w[row * inputs + j] = 0;
                }
            }
        }
        return w;
    }

    @Override
    public void close() {
        fit.close();
        held.close();
        all.close();
    }
}
