package dev.espalier.pruning.calibrated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.espalier.sparse.Shape;
import dev.espalier.sparse.Unstructured;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Against what each activation minds and the gradient of that, summed up row by row.
final class ActivationFitTest {
    private static final int OUTPUTS = 4;
    private static final int INPUTS = 6;
    private static final int STRIDE = INPUTS + 1;
    private static final int ROWS = 300;

    private static final double[] SLOPES = {1, 2, 0.5, 1.5};

    private final Products products = new PlainProducts();
    private final Random random = new Random(11);
    private final double[] dense = random.doubles(OUTPUTS * STRIDE, -2, 2).toArray();
    private final float[][] x = new float[2][ROWS * STRIDE];
    private final float[][] t = new float[2][ROWS * OUTPUTS];
    private final float[][] floors = new float[2][ROWS * OUTPUTS];

    private LayerProblem problem() {
        Moments[] parts = new Moments[2];
        for (int part = 0; part < parts.length; part++) {
            for (int i = 0; i < x[part].length; i++) {
                x[part][i] = i % STRIDE == INPUTS ? 1 : (float) random.nextGaussian();
            }
            for (int row = 0; row < ROWS; row++) {
                for (int output = 0; output < OUTPUTS; output++) {
                    t[part][row * OUTPUTS + output] = (float) output(dense, part, row, output);
                    floors[part][row * OUTPUTS + output] = (float) (0.3 * random.nextGaussian());
                }
            }
            parts[part] = Moments.withRows(STRIDE, OUTPUTS);
            parts[part].add(new SampleRows(x[part], t[part], floors[part], ROWS), products);
        }
        return new LayerProblem(
                List.of(parts[0]),
                List.of(parts[1]),
                dense,
                true,
                SLOPES,
                new WeightMatrix(Shape.of(OUTPUTS, INPUTS), OUTPUTS, INPUTS, false),
                new Unstructured(),
                OUTPUTS * INPUTS / 4);
    }

    private double output(double[] w, int part, int row, int output) {
        double sum = 0;
        for (int j = 0; j < STRIDE; j++) {
            sum += w[output * STRIDE + j] * x[part][row * STRIDE + j];
        }
        return sum;
    }

    /// Mean of what is minded; adds its gradient.
    private double minded(Activation activation, double[] w, double[] gradient) {
        double sum = 0;
        for (int part = 0; part < 2; part++) {
            for (int row = 0; row < ROWS; row++) {
                double[] meant = new double[OUTPUTS];
                double[] actual = new double[OUTPUTS];
                double[] floor = new double[OUTPUTS];
                for (int i = 0; i < OUTPUTS; i++) {
                    meant[i] = t[part][row * OUTPUTS + i];
                    actual[i] = output(w, part, row, i);
                    floor[i] = floors[part][row * OUTPUTS + i];
                }
                double[] slope = new double[OUTPUTS];
                sum += activation == Activation.SOFTMAX
                        ? divergence(meant, actual, floor, slope)
                        : beyond(meant, actual, floor, slope);
                for (int i = 0; i < w.length; i++) {
                    gradient[i] += slope[i / STRIDE] * x[part][row * STRIDE + i % STRIDE] / (2 * ROWS);
                }
            }
        }
        return sum / (2 * ROWS);
    }

    private static double divergence(double[] meant, double[] actual, double[] floor, double[] slope) {
        double[] p = softmax(meant, floor);
        double[] q = softmax(actual, floor);
        double sum = 0;
        for (int i = 0; i < OUTPUTS; i++) {
            sum += p[i] * Math.log(p[i] / q[i]);
            slope[i] = SLOPES[i] * (q[i] - p[i]);
        }
        return sum;
    }

    private static double[] softmax(double[] outputs, double[] floor) {
        double[] shares = new double[OUTPUTS];
        for (int i = 0; i < OUTPUTS; i++) {
            shares[i] = Math.exp(SLOPES[i] * (outputs[i] - floor[i]));
        }
        double sum = Arrays.stream(shares).sum();
        return Arrays.stream(shares).map(share -> share / sum).toArray();
    }

    /// Half the square, where the output should be above the floor or is above it.
    private static double beyond(double[] meant, double[] actual, double[] floor, double[] slope) {
        double sum = 0;
        for (int i = 0; i < OUTPUTS; i++) {
            double target = meant[i] > floor[i] ? meant[i] : Math.min(actual[i], floor[i]);
            slope[i] = actual[i] - target;
            sum += slope[i] * slope[i] / 2;
        }
        return sum;
    }

    @ParameterizedTest
    @EnumSource
    void findsWhereTheGradientIsZero(Activation activation) {
        LayerProblem problem = problem();
        LayerSolution least = LayerFit.of(problem, problem.largest(), products);
        LayerSolution fitted = ActivationFit.of(activation, problem, least, products, 1000);
        double before = minded(activation, least.weights(), new double[OUTPUTS * STRIDE]);
        double[] gradient = new double[OUTPUTS * STRIDE];
        assertThat(minded(activation, fitted.weights(), gradient)).isLessThan(0.98 * before);
        double ridge = ActivationFit.RIDGE * problem.whole().all().meanDiagonal(INPUTS);
        for (int i = 0; i < gradient.length; i++) {
            int row = i / STRIDE;
            int j = i % STRIDE;
            if (j < INPUTS && !least.kept()[row * INPUTS + j]) {
                assertThat(fitted.weights()[i]).isZero();
            } else {
                // What an error of the probabilities is worth goes with the square of the slope, and so does the ridge.
                double scale = activation == Activation.SOFTMAX ? SLOPES[row] * SLOPES[row] : 1;
                double pull = j < INPUTS ? scale * ridge * (fitted.weights()[i] - least.weights()[i]) : 0;
                assertThat(gradient[i] + pull).isCloseTo(0, within(1e-5));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void comesNearInFewRounds(Activation activation) {
        LayerProblem problem = problem();
        LayerSolution least = LayerFit.of(problem, problem.largest(), products);
        LayerSolution many = ActivationFit.of(activation, problem, least, products, 1000);
        LayerSolution few = ActivationFit.of(activation, problem, least, products);
        double[] gradient = new double[OUTPUTS * STRIDE];
        double start = minded(activation, least.weights(), gradient);
        double end = minded(activation, many.weights(), gradient);
        assertThat(minded(activation, few.weights(), gradient)).isLessThan(end + 0.3 * (start - end));
    }

    @ParameterizedTest
    @EnumSource
    void leavesWhatIsRight(Activation activation) {
        LayerProblem problem = problem();
        boolean[] all = new boolean[OUTPUTS * INPUTS];
        Arrays.fill(all, true);
        LayerSolution least = LayerFit.of(problem, all, products);
        assertThat(ActivationFit.of(activation, problem, least, products).weights())
                .containsExactly(dense, within(1e-3));
    }

    @Test
    void keepsFewOfManyRows() {
        KeptRows kept = new KeptRows();
        int width = 1 << 10;
        for (int i = 0; i < 80; i++) {
            float[] rows = new float[512 * width];
            Arrays.fill(rows, i);
            kept.add(new SampleRows(rows, rows, 512));
        }
        // 320 MB, of which at most 128 are kept.
        assertThat(kept.portions()).hasSize(80);
        assertThat(kept.portions().stream().mapToInt(SampleRows::rows).sum()).isBetween(80 * 100, 80 * 156);
        for (int i = 0; i < 80; i++) {
            assertThat(kept.portions().get(i).x()).containsOnly(i);
        }
    }
}
