package dev.espalier.pruning.calibrated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.sparse.Grid;
import dev.espalier.sparse.NofM;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparsityPattern;
import dev.espalier.sparse.Unstructured;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdmmTest {
    private static final int OUTPUTS = 5;
    private static final int INPUTS = 12;
    private static final int ROWS = 400;
    private static final WeightMatrix MATRIX = new WeightMatrix(Shape.of(OUTPUTS, INPUTS), OUTPUTS, INPUTS, false);

    private final Products products = new PlainProducts();
    private final Admm admm = new Admm();

    /// Inputs that depend on each other, and a bias.
    private LayerProblem problem(long seed) {
        return problem(seed, new Unstructured(), 0);
    }

    private LayerProblem problem(long seed, SparsityPattern pattern, long zeros) {
        Random random = new Random(seed);
        double[] dense = random.doubles(OUTPUTS * (INPUTS + 1), -1, 1).toArray();
        Moments[] parts = {new Moments(INPUTS + 1, OUTPUTS), new Moments(INPUTS + 1, OUTPUTS)};
        for (Moments part : parts) {
            float[] x = new float[ROWS * (INPUTS + 1)];
            float[] t = new float[ROWS * OUTPUTS];
            for (int row = 0; row < ROWS; row++) {
                double common = random.nextGaussian();
                for (int j = 0; j <= INPUTS; j++) {
                    x[row * (INPUTS + 1) + j] = j == INPUTS ? 1 : (float) (random.nextGaussian() + common * j / INPUTS);
                }
                for (int output = 0; output < OUTPUTS; output++) {
                    for (int j = 0; j <= INPUTS; j++) {
                        t[row * OUTPUTS + output] +=
                                (float) (dense[output * (INPUTS + 1) + j] * x[row * (INPUTS + 1) + j]);
                    }
                }
            }
            part.add(new SampleRows(x, t, ROWS), products);
        }
        double[] scale = new double[OUTPUTS];
        Arrays.fill(scale, 1);
        return new LayerProblem(List.of(parts[0]), List.of(parts[1]), dense, true, scale, MATRIX, pattern, zeros);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void refitsToTheLeastSquaresOnASupport(long seed) {
        LayerProblem problem = problem(seed);
        Random random = new Random(seed);
        boolean[] kept = new boolean[OUTPUTS * INPUTS];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = random.nextInt(3) > 0;
        }
        LayerSolution solution = LayerFit.of(problem, kept, products);
        Quadratic quadratic = Quadratic.of(
                problem.whole().all(), problem.whole().dense(), problem.weightInputs(), solution.lambda(0));
        for (int row = 0; row < OUTPUTS; row++) {
            int[] free = free(kept, row);
            DMatrixRMaj h = new DMatrixRMaj(free.length, free.length);
            DMatrixRMaj g = new DMatrixRMaj(free.length, 1);
            DMatrixRMaj exact = new DMatrixRMaj(free.length, 1);
            for (int i = 0; i < free.length; i++) {
                g.set(i, 0, quadratic.g()[row * (INPUTS + 1) + free[i]]);
                for (int j = 0; j < free.length; j++) {
                    h.set(i, j, quadratic.h()[free[i] * (INPUTS + 1) + free[j]]);
                }
            }
            assertThat(CommonOps_DDRM.solve(h, g, exact)).isTrue();
            for (int i = 0; i < free.length; i++) {
                assertThat(solution.weights()[row * (INPUTS + 1) + free[i]])
                        .isCloseTo(exact.get(i, 0), Offset.offset(1e-5));
            }
        }
    }

    private static int[] free(boolean[] kept, int row) {
        return IntStream.rangeClosed(0, INPUTS)
                .filter(j -> j == INPUTS || kept[row * INPUTS + j])
                .toArray();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isNeverFartherThanTheLargestWeightsFitted(long seed) {
        int zeros = 40;
        LayerProblem problem = problem(seed, new Unstructured(), zeros);
        LayerSolution solution = admm.solve(problem, products);
        assertThat(count(solution.kept())).isEqualTo(OUTPUTS * INPUTS - zeros);
        LayerSolution byMagnitude = LayerFit.of(problem, largest(problem, OUTPUTS * INPUTS - zeros), products);
        assertThat(solution.error()).isLessThanOrEqualTo(byMagnitude.error()).isLessThan(solution.maskedError());
    }

    private static boolean[] largest(LayerProblem problem, int count) {
        double[] sizes = new double[OUTPUTS * INPUTS];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = Math.abs(problem.whole().dense()[i / INPUTS * (INPUTS + 1) + i % INPUTS]);
        }
        double least = Arrays.stream(sizes).sorted().toArray()[sizes.length - count];
        boolean[] kept = new boolean[sizes.length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = sizes[i] >= least;
        }
        return kept;
    }

    private static int count(boolean[] kept) {
        int count = 0;
        for (boolean one : kept) {
            count += one ? 1 : 0;
        }
        return count;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void followsAPattern(long seed) {
        NofM pattern = new NofM(2, 4, new Grid(OUTPUTS, INPUTS, 1));
        LayerSolution solution = admm.solve(problem(seed, pattern, 0), products);
        assertThat(pattern.violations(MATRIX.mask(solution.kept())).count()).isZero();
        assertThat(count(solution.kept())).isEqualTo(OUTPUTS * INPUTS / 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1})
    void keepsWhatIsZeroZero(long seed) {
        LayerProblem from = problem(seed);
        double[] dense = from.whole().dense().clone();
        Arrays.fill(dense, 0, INPUTS, 0);
        LayerProblem problem = new LayerProblem(
                List.of(from.whole().fit()),
                List.of(from.whole().held()),
                dense,
                true,
                from.whole().rowScale(),
                MATRIX,
                new Unstructured(),
                30);
        LayerSolution solution = admm.solve(problem, products);
        for (int j = 0; j < INPUTS; j++) {
            assertThat(solution.weights()[j]).isZero();
        }
    }
}
