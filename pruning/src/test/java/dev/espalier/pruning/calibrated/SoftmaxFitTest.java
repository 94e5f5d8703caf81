package dev.espalier.pruning.calibrated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.espalier.sparse.Shape;
import dev.espalier.sparse.Unstructured;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Against the divergence and its gradient, summed up row by row.
final class SoftmaxFitTest {
    private static final int CLASSES = 4;
    private static final int INPUTS = 6;
    private static final int STRIDE = INPUTS + 1;
    private static final int ROWS = 300;

    private final Products products = new PlainProducts();
    private final Random random = new Random(11);
    private final double[] dense =
            random.doubles(CLASSES * STRIDE, -2, 2).toArray();
    private final float[][] x = new float[2][ROWS * STRIDE];
    private final float[][] t = new float[2][ROWS * CLASSES];

    private LayerProblem problem() {
        Moments[] parts = new Moments[2];
        for (int part = 0; part < parts.length; part++) {
            for (int row = 0; row < ROWS; row++) {
                for (int j = 0; j < STRIDE; j++) {
                    x[part][row * STRIDE + j] = j == INPUTS ? 1 : (float) random.nextGaussian();
                    for (int output = 0; output < CLASSES; output++) {
                        t[part][row * CLASSES + output] +=
                                (float) (dense[output * STRIDE + j] * x[part][row * STRIDE + j]);
                    }
                }
            }
            parts[part] = Moments.withRows(STRIDE, CLASSES);
            parts[part].add(x[part], t[part], ROWS, products);
        }
        return new LayerProblem(
                List.of(parts[0]),
                List.of(parts[1]),
                dense,
                true,
                new double[] {1, 1, 1, 1},
                new WeightMatrix(Shape.of(CLASSES, INPUTS), CLASSES, INPUTS, false),
                new Unstructured(),
                CLASSES * INPUTS / 2);
    }

    private static double[] softmax(double[] logits) {
        double sum = 0;
        double[] shares = new double[CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            shares[i] = Math.exp(logits[i]);
            sum += shares[i];
        }
        for (int i = 0; i < CLASSES; i++) {
            shares[i] /= sum;
        }
        return shares;
    }

    /// Mean of the divergence; adds its gradient.
    private double divergence(double[] w, double[] gradient) {
        double divergence = 0;
        for (int part = 0; part < 2; part++) {
            for (int row = 0; row < ROWS; row++) {
                double[] meant = new double[CLASSES];
                double[] actual = new double[CLASSES];
                for (int i = 0; i < CLASSES; i++) {
                    meant[i] = t[part][row * CLASSES + i];
                    for (int j = 0; j < STRIDE; j++) {
                        actual[i] += w[i * STRIDE + j] * x[part][row * STRIDE + j];
                    }
                }
                double[] p = softmax(meant);
                double[] q = softmax(actual);
                for (int i = 0; i < CLASSES; i++) {
                    divergence += p[i] * Math.log(p[i] / q[i]) / (2 * ROWS);
                    for (int j = 0; j < STRIDE; j++) {
                        gradient[i * STRIDE + j] += (q[i] - p[i]) * x[part][row * STRIDE + j] / (2 * ROWS);
                    }
                }
            }
        }
        return divergence;
    }

    @Test
    void findsWhereTheGradientIsZero() {
        LayerProblem problem = problem();
        LayerSolution least = LayerFit.of(problem, problem.largest(), products);
        LayerSolution soft = SoftmaxFit.of(problem, least, products, 1000);
        double[] gradient = new double[CLASSES * STRIDE];
        double before = divergence(least.weights(), new double[CLASSES * STRIDE]);
        assertThat(divergence(soft.weights(), gradient)).isLessThan(0.9 * before);
        double ridge = SoftmaxFit.RIDGE * problem.whole().all().meanDiagonal(INPUTS);
        for (int i = 0; i < gradient.length; i++) {
            int row = i / STRIDE;
            int j = i % STRIDE;
            if (j < INPUTS && !least.kept()[row * INPUTS + j]) {
                assertThat(soft.weights()[i]).isZero();
            } else {
                double pull = j < INPUTS ? ridge * (soft.weights()[i] - least.weights()[i]) : 0;
                assertThat(gradient[i] + pull).isCloseTo(0, within(1e-5));
            }
        }
    }

    @Test
    void comesNearInFewRounds() {
        LayerProblem problem = problem();
        LayerSolution least = LayerFit.of(problem, problem.largest(), products);
        double[] gradient = new double[CLASSES * STRIDE];
        double start = divergence(least.weights(), gradient);
        double few = divergence(SoftmaxFit.of(problem, least, products).weights(), gradient);
        double many = divergence(SoftmaxFit.of(problem, least, products, 1000).weights(), gradient);
        assertThat(few - many).isLessThan(0.2 * (start - many));
    }

    @Test
    void leavesWhatIsRight() {
        LayerProblem problem = problem();
        boolean[] all = new boolean[CLASSES * INPUTS];
        Arrays.fill(all, true);
        LayerSolution least = LayerFit.of(problem, all, products);
        assertThat(SoftmaxFit.of(problem, least, products).weights()).containsExactly(dense, within(1e-3));
    }
}
