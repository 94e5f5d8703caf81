package dev.espalier.pruning.calibrated;

import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/// Where a quadratic is least when nothing is pruned, G H^-1, with the inverse that says how fast it grows from
/// there.
final class Minimum {
    private static final int MOST_RAISED = 2;

    private final int inputs;
    private final double[] inverse;
    private final double[] weights;

    private Minimum(int inputs, double[] inverse, double[] weights) {
        this.inputs = inputs;
        this.inverse = inverse;
        this.weights = weights;
    }

    /// With a ridge that is raised tenfold, twice at most, where it is too small to solve with.
    ///
    /// @param lambda the ridge, a share of the mean of H's diagonal
    /// @throws NotPositiveDefiniteException if it is still too small then
    static Minimum of(GroupProblem problem, double lambda) {
        double unit = problem.all().meanDiagonal(problem.weightInputs());
        for (int raised = 0; ; raised++) {
            double ridge = lambda * Math.pow(10, raised) * unit;
            LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(problem.inputs());
            if (solver.setA(h(problem, ridge))) {
                DMatrixRMaj inverse = new DMatrixRMaj(problem.inputs(), problem.inputs());
                solver.invert(inverse);
                return new Minimum(problem.inputs(), inverse.data, weights(problem, ridge, inverse.data));
            }
            if (raised == MOST_RAISED) {
                throw new NotPositiveDefiniteException();
            }
            problem.raiseRidge();
        }
    }

    private static double[] weights(GroupProblem problem, double ridge, double[] inverse) {
        int inputs = problem.inputs();
        double[] weights = new double[problem.outputs() * inputs];
        IntStream.range(0, problem.outputs()).parallel().forEach(row -> {
            for (int i = 0; i < inputs; i++) {
                double pull = i < problem.weightInputs() ? ridge * problem.dense()[row * inputs + i] : 0;
                double g = problem.all().cross(row, i) + pull;
                for (int j = 0; g != 0 && j < inputs; j++) {
                    weights[row * inputs + j] += g * inverse[i * inputs + j];
                }
            }
        });
        return weights;
    }

    /// An input that is always zero has nothing to do with the others, and any weight.
    private static DMatrixRMaj h(GroupProblem problem, double ridge) {
        int inputs = problem.inputs();
        DMatrixRMaj h = new DMatrixRMaj(inputs, inputs);
        for (int i = 0; i < inputs; i++) {
            for (int j = 0; j < inputs; j++) {
                double moment = problem.all().input(i, j);
                h.unsafe_set(i, j, i == j && i < problem.weightInputs() ? moment + ridge : moment);
            }
            if (h.unsafe_get(i, i) == 0) {
                h.unsafe_set(i, i, 1);
            }
        }
        return h;
    }

    /// Rows of H.
    int inputs() {
        return inputs;
    }

    /// H^-1, inputs x inputs.
    double[] inverse() {
        return inverse;
    }

    /// Outputs x inputs.
    double[] weights() {
        return weights;
    }
}
