package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.NofM;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;

/// SparseGPT (Frantar and Alistarh 2023, arXiv 2301.00774): from the first input to the last, block by block of
/// inputs, the weights with the smallest `w^2 / U_jj^2` go, and what goes is made good by the weights of later
/// inputs. U is the upper Cholesky factor of H^-1, whose rows are what an elimination in this order has of it.
///
/// It begins with the best weights, which are the dense ones where the inputs are those of the dense model. What
/// stays is fitted in the end.
final class SparseGpt implements CalibratedMethod {
    /// The paper's damping: the ridge's share of the mean diagonal of H.
    private static final double DAMPING = 1e-2;

    /// Inputs whose weights are chosen together.
    private static final int BLOCK = 128;

    @Override
    public String name() {
        return "sparsegpt";
    }

    @Override
    public String summary() {
        return "input after input, what goes is made good by later ones (SparseGPT)";
    }

    @Override
    public LayerSolution solve(LayerProblem problem, Products products) {
        return LayerFit.of(problem, choose(problem).kept(), products);
    }

    static Chosen choose(LayerProblem problem) {
        return new Pass(problem).run();
    }

    /// What is chosen.
    static final class Chosen {
        private final boolean[] kept;
        private final double[] weights;

        private Chosen(boolean[] kept, double[] weights) {
            this.kept = kept;
            this.weights = weights;
        }

        /// Which weights stay, outputs x inputs without the bias.
        boolean[] kept() {
            return kept;
        }

        /// What they are before the fit, outputs x inputs, zero where they do not.
        double[] weights() {
            return weights;
        }
    }

    private static final class Pass {
        private final LayerProblem problem;
        private final int inputs;
        private final int weightInputs;
        /// For each output, that of its group.
        private final double[][] uppers;

        private final double[] weights;

        Pass(LayerProblem problem) {
            this.problem = problem;
            this.inputs = problem.groups().getFirst().inputs();
            this.weightInputs = problem.weightInputs();
            this.uppers = new double[problem.outputs()][];
            this.weights = new double[problem.outputs() * inputs];
            for (GroupProblem group : problem.groups()) {
                Minimum minimum = Minimum.of(group, DAMPING);
                int first = group.firstRow();
                Arrays.fill(uppers, first, first + group.outputs(), upper(minimum.inverse(), inputs));
                System.arraycopy(minimum.weights(), 0, weights, first * inputs, group.outputs() * inputs);
            }
        }

        private static double[] upper(double[] inverse, int inputs) {
            CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(inputs, false);
            if (!cholesky.decompose(new DMatrixRMaj(inputs, inputs, true, inverse.clone()))) {
                throw new NotPositiveDefiniteException();
            }
            return cholesky.getT(new DMatrixRMaj(inputs, inputs)).data;
        }

        Chosen run() {
            int span = problem.units().span();
            // Groups and blocks of a pattern are decided as wholes; groups of N:M each when it is their turn.
            int block = problem.pattern() instanceof NofM || span > BLOCK ? span : BLOCK / span * span;
            boolean[] kept = new boolean[problem.outputs() * weightInputs];
            Arrays.fill(kept, true);
            for (int from = 0; from < weightInputs; from += block) {
                int first = from;
                int last = Math.min(weightInputs, from + block);
                boolean[] chosen =
                        problem.projectionOf((double) last / weightInputs).keep(saliency(kept, first, last));
                IntStream.range(0, problem.outputs()).parallel().forEach(row -> makeGood(row, chosen, first, last));
                kept = chosen;
            }
            return new Chosen(kept, weights);
        }

        /// What was decided stays decided, and nothing of later inputs goes.
        private float[] saliency(boolean[] kept, int from, int to) {
            float[] saliency = new float[kept.length];
            for (int i = 0; i < kept.length; i++) {
                int j = i % weightInputs;
                if (j >= from && j < to) {
                    double ratio = weights[i / weightInputs * inputs + j] / uppers[i / weightInputs][j * inputs + j];
                    saliency[i] = (float) Math.min(ratio * ratio, Float.MAX_VALUE / 2);
                } else {
                    saliency[i] = kept[i] ? Float.MAX_VALUE : 0;
                }
            }
            return saliency;
        }

        /// Zeroes what goes of an output, and moves what it did to later inputs.
        private void makeGood(int row, boolean[] kept, int from, int to) {
            int at = row * inputs;
            double[] upper = uppers[row];
            for (int j = from; j < to; j++) {
                if (!kept[row * weightInputs + j]) {
                    double error = weights[at + j] / upper[j * inputs + j];
                    for (int k = j; k < inputs; k++) {
                        weights[at + k] -= error * upper[j * inputs + k];
                    }
                    weights[at + j] = 0;
                }
            }
        }
    }
}
