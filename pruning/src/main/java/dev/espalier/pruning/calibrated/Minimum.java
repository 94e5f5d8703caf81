package dev.espalier.pruning.calibrated;

import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/// Where a quadratic is least when nothing is pruned, G H^-1, with the inverse that says how fast it grows from
/// there.
final class Minimum {
    private final int inputs;
    private final double[] inverse;
    private final double[] weights;

    private Minimum(int inputs, double[] inverse, double[] weights) {
        this.inputs = inputs;
        this.inverse = inverse;
        this.weights = weights;
    }

    /// @param lambda the ridge, a share of the mean of H's diagonal
    /// @throws NotPositiveDefiniteException if there is none
    static Minimum of(LayerProblem problem, double lambda) {
        Moments moments = problem.all();
        int inputs = problem.inputs();
        double ridge = lambda * moments.meanDiagonal(problem.weightInputs());
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(inputs);
        if (!solver.setA(h(problem, ridge))) {
            throw new NotPositiveDefiniteException();
        }
        DMatrixRMaj inverse = new DMatrixRMaj(inputs, inputs);
        solver.invert(inverse);
        double[] weights = new double[problem.outputs() * inputs];
        IntStream.range(0, problem.outputs()).parallel().forEach(row -> {
            for (int i = 0; i < inputs; i++) {
                double pull = i < problem.weightInputs() ? ridge * problem.dense()[row * inputs + i] : 0;
                double g = moments.cross(row, i) + pull;
                for (int j = 0; g != 0 && j < inputs; j++) {
                    weights[row * inputs + j] += g * inverse.data[i * inputs + j];
                }
            }
        });
        return new Minimum(inputs, inverse.data, weights);
    }

    /// An input that is always zero has nothing to do with the others, and any weight.
    private static DMatrixRMaj h(LayerProblem problem, double ridge) {
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
