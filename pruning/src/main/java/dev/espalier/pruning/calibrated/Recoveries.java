package dev.espalier.pruning.calibrated;

import java.util.List;
import java.util.Optional;

/// Ways to make good what pruning did to a layer: its zeros stay where they are, and what is left computes as
/// nearly as it can what the dense model's layer gives. To add one, write it and add it here.
public final class Recoveries {
    /// The bias makes up for the mean error of each output: `b = E[t] - E[w x]`.
    public static final CalibratedMethod BIAS = new Scaled("bias", "the bias makes up for the mean error", false);

    /// A factor and a bias for each output: `a = cov(t, w x) / var(w x)`, `b = E[t] - a E[w x]`.
    public static final CalibratedMethod SCALE = new Scaled("scale", "a factor and a bias for each output", true);

    /// All weights that stay, and the bias, with the ridge that is best on samples held back.
    public static final CalibratedMethod RIDGE = new Ridge();

    /// From the least to the most that changes.
    public static final List<CalibratedMethod> ALL = List.of(BIAS, SCALE, RIDGE);

    private Recoveries() {}

    /// The method of that name.
    public static Optional<CalibratedMethod> named(String name) {
        return ALL.stream().filter(method -> method.name().equals(name)).findFirst();
    }

    private record Ridge() implements CalibratedMethod {
        @Override
        public String name() {
            return "ridge";
        }

        @Override
        public String summary() {
            return "all weights that stay, and the bias";
        }

        @Override
        public LayerSolution solve(LayerProblem problem, Products products) {
            return LayerFit.of(problem, problem.nonZeros(), products);
        }
    }

    private record Scaled(String name, String summary, boolean isScaled) implements CalibratedMethod {
        @Override
        public boolean changesWeights() {
            return false;
        }

        @Override
        public LayerSolution solve(LayerProblem problem, Products products) {
            boolean[] nonZeros = problem.nonZeros();
            return LayerSolution.joined(
                    problem,
                    problem.groups().stream()
                            .map(group -> solve(group, group.part(nonZeros)))
                            .toList());
        }

        private LayerSolution solve(GroupProblem problem, boolean[] nonZeros) {
            double[] weights = problem.dense().clone();
            for (int row = 0; row < problem.outputs(); row++) {
                fit(problem, problem.all(), row, weights);
            }
            return new LayerSolution(
                    weights,
                    problem.inputs(),
                    nonZeros,
                    0,
                    relativeError(problem, problem.dense()),
                    relativeError(problem, weights));
        }

        private void fit(GroupProblem problem, Moments moments, int row, double[] weights) {
            int last = problem.inputs() - 1;
            int at = row * problem.inputs();
            boolean hasBias = problem.weightInputs() == last;
            double mean = 0;
            double squares = 0;
            double withTarget = 0;
            for (int i = 0; i < problem.weightInputs(); i++) {
                if (weights[at + i] != 0) {
                    mean += hasBias ? weights[at + i] * moments.input(i, last) : 0;
                    withTarget += weights[at + i] * moments.cross(row, i);
                    for (int j = 0; j < problem.weightInputs(); j++) {
                        squares += weights[at + i] * weights[at + j] * moments.input(i, j);
                    }
                }
            }
            double targetMean = hasBias ? moments.cross(row, last) : 0;
            double variance = squares - mean * mean;
            double factor = isScaled && variance > 1e-9 * squares ? (withTarget - targetMean * mean) / variance : 1;
            for (int i = 0; i < problem.weightInputs(); i++) {
                weights[at + i] *= factor;
            }
            if (hasBias) {
                weights[at + last] = targetMean - factor * mean;
            }
        }

        /// Mean squared distance of the outputs from the targets over the mean square of these.
        private static double relativeError(GroupProblem problem, double[] w) {
            Moments moments = problem.all();
            int inputs = problem.inputs();
            double sum = moments.targetSquares();
            for (int i = 0; i < w.length; i++) {
                int at = i / inputs * inputs;
                double product = -2 * moments.cross(i / inputs, i - at);
                for (int j = 0; w[i] != 0 && j < inputs; j++) {
                    product += moments.input(i - at, j) * w[at + j];
                }
                sum += w[i] * product;
            }
            return moments.targetSquares() > 0 ? Math.max(0, sum) / moments.targetSquares() : 0;
        }
    }
}
