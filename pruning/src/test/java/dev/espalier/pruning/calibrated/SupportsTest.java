package dev.espalier.pruning.calibrated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.sparse.Block;
import dev.espalier.sparse.Grid;
import dev.espalier.sparse.NofM;
import dev.espalier.sparse.Pooling;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.Slices;
import dev.espalier.sparse.SparsityPattern;
import dev.espalier.sparse.Unstructured;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Each method against what its paper says, done the slow way.
final class SupportsTest {
    private static final double LAMBDA = 1e-2;
    private static final int OUTPUTS = 6;
    private static final int INPUTS = 12;

    private final Products products = new PlainProducts();

    private static int[] all(int inputs) {
        return IntStream.rangeClosed(0, inputs).toArray();
    }

    private static int[] without(int[] free, int... gone) {
        return Arrays.stream(free)
                .filter(j -> Arrays.stream(gone).noneMatch(g -> g == j))
                .toArray();
    }

    private void assertFitted(TinyLayer layer, LayerSolution solution) {
        int inputs = layer.inputs();
        for (int row = 0; row < layer.outputs(); row++) {
            int at = row * inputs;
            int[] free = IntStream.rangeClosed(0, inputs)
                    .filter(j -> j == inputs || solution.kept()[at + j])
                    .toArray();
            double[] best = layer.best(row, free, solution.lambda(0));
            for (int i = 0; i < free.length; i++) {
                assertThat(solution.weights()[row * (inputs + 1) + free[i]]).isCloseTo(best[i], Offset.offset(1e-5));
            }
        }
    }

    private static int count(boolean[] kept) {
        return (int) IntStream.range(0, kept.length).filter(i -> kept[i]).count();
    }

    /// The input of a row whose absence costs least, by solving the least squares with and without each.
    private static int leastMissed(TinyLayer layer, int row, int[] free) {
        return Arrays.stream(free)
                .filter(j -> j < layer.inputs())
                .boxed()
                .min(Comparator.comparingDouble(j -> layer.least(row, without(free, j), LAMBDA)))
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void obcTakesOutWhatIsMissedLeastOfTheWholeLayer(long seed) {
        TinyLayer layer = TinyLayer.of(OUTPUTS, INPUTS, seed);
        int zeros = 45;
        List<int[]> free = new ArrayList<>();
        for (int row = 0; row < OUTPUTS; row++) {
            free.add(all(INPUTS));
        }
        for (int i = 0; i < zeros; i++) {
            int best = -1;
            double least = Double.POSITIVE_INFINITY;
            for (int row = 0; row < OUTPUTS; row++) {
                if (free.get(row).length > 1) {
                    int next = leastMissed(layer, row, free.get(row));
                    double loss = layer.least(row, without(free.get(row), next), LAMBDA)
                            - layer.least(row, free.get(row), LAMBDA);
                    if (loss < least) {
                        least = loss;
                        best = row;
                    }
                }
            }
            free.set(best, without(free.get(best), leastMissed(layer, best, free.get(best))));
        }
        LayerProblem problem = layer.problem(new Unstructured(), zeros);
        boolean[] kept = problem.projection().keep(Obc.saliency(problem));
        for (int i = 0; i < kept.length; i++) {
            int j = i % INPUTS;
            assertThat(kept[i])
                    .as("row %d, input %d", i / INPUTS, j)
                    .isEqualTo(Arrays.stream(free.get(i / INPUTS)).anyMatch(f -> f == j));
        }
        assertFitted(layer, LayerFit.of(problem, kept, products));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void obcPassesOverGroupsThatAreDone(long seed) {
        TinyLayer layer = TinyLayer.of(OUTPUTS, INPUTS, seed);
        LayerProblem problem = layer.problem(new NofM(2, 4, new Grid(OUTPUTS, INPUTS, 1)), 0);
        boolean[] kept = problem.projection().keep(Obc.saliency(problem));
        for (int row = 0; row < OUTPUTS; row++) {
            int[] free = all(INPUTS);
            int[] gone = new int[INPUTS / 4];
            for (int i = 0; i < INPUTS / 2; i++) {
                int[] candidates = Arrays.stream(free)
                        .filter(j -> j < INPUTS && gone[j / 4] < 2)
                        .toArray();
                int[] now = free;
                int at = row;
                int next = Arrays.stream(candidates)
                        .boxed()
                        .min(Comparator.comparingDouble(j -> layer.least(at, without(now, j), LAMBDA)))
                        .orElseThrow();
                free = without(free, next);
                gone[next / 4]++;
            }
            for (int j = 0; j < INPUTS; j++) {
                int input = j;
                assertThat(kept[row * INPUTS + j]).isEqualTo(Arrays.stream(free).anyMatch(f -> f == input));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void obcTakesBlocksOutOfAllOutputsThatShareThem(long seed) {
        TinyLayer layer = TinyLayer.of(OUTPUTS, INPUTS, seed);
        int zeros = 9;
        LayerProblem problem = layer.problem(new Block(2, 3, Pooling.AVERAGE, new Grid(1, OUTPUTS, INPUTS)), zeros);
        boolean[] kept = problem.projection().keep(Obc.saliency(problem));
        List<int[]> free = new ArrayList<>();
        for (int band = 0; band < OUTPUTS / 2; band++) {
            free.add(all(INPUTS));
        }
        for (int i = 0; i < zeros; i++) {
            int bestBand = -1;
            int bestBlock = -1;
            double least = Double.POSITIVE_INFINITY;
            for (int band = 0; band < free.size(); band++) {
                for (int block = 0; block < INPUTS / 3; block++) {
                    int[] gone = {3 * block, 3 * block + 1, 3 * block + 2};
                    int[] now = free.get(band);
                    if (without(now, gone).length < now.length) {
                        double loss = 0;
                        for (int row = 2 * band; row < 2 * band + 2; row++) {
                            loss += layer.least(row, without(now, gone), LAMBDA) - layer.least(row, now, LAMBDA);
                        }
                        if (loss < least) {
                            least = loss;
                            bestBand = band;
                            bestBlock = block;
                        }
                    }
                }
            }
            free.set(bestBand, without(free.get(bestBand), 3 * bestBlock, 3 * bestBlock + 1, 3 * bestBlock + 2));
        }
        for (int i = 0; i < kept.length; i++) {
            int j = i % INPUTS;
            assertThat(kept[i])
                    .isEqualTo(Arrays.stream(free.get(i / INPUTS / 2)).anyMatch(f -> f == j));
        }
    }

    /// Algorithm 1 of the paper, with the inverse of what is left of H in place of its Cholesky factor.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void sparseGptMakesGoodByLaterInputs(long seed) {
        int inputs = 150;
        int outputs = 4;
        TinyLayer layer = TinyLayer.of(outputs, inputs, seed);
        int zeros = outputs * inputs * 7 / 10;
        DMatrixRMaj h = layer.h(LAMBDA);
        double[][] w = new double[outputs][];
        for (int row = 0; row < outputs; row++) {
            w[row] = layer.best(row, all(inputs), LAMBDA);
        }
        boolean[] expected = new boolean[outputs * inputs];
        Arrays.fill(expected, true);
        long taken = 0;
        for (int from = 0; from < inputs; from += 128) {
            int to = Math.min(inputs, from + 128);
            double[] diagonal = new double[to];
            for (int j = from; j < to; j++) {
                diagonal[j] = inverseFrom(h, j).get(0, 0);
            }
            int first = from;
            int last = to;
            long share = Math.round((double) zeros * to / inputs) - taken;
            IntStream.range(0, outputs * inputs)
                    .filter(i -> i % inputs >= first && i % inputs < last)
                    .boxed()
                    .sorted(Comparator.comparingDouble(
                            i -> w[i / inputs][i % inputs] * w[i / inputs][i % inputs] / diagonal[i % inputs]))
                    .limit(share)
                    .forEach(i -> expected[i] = false);
            taken += share;
            for (int j = from; j < to; j++) {
                DMatrixRMaj inverse = inverseFrom(h, j);
                for (int row = 0; row < outputs; row++) {
                    if (!expected[row * inputs + j]) {
                        double error = w[row][j] / inverse.get(0, 0);
                        for (int k = j; k <= inputs; k++) {
                            w[row][k] -= error * inverse.get(0, k - j);
                        }
                        w[row][j] = 0;
                    }
                }
            }
        }
        LayerProblem problem = layer.problem(new Unstructured(), zeros);
        SparseGpt.Chosen pruned = SparseGpt.choose(problem);
        assertThat(pruned.kept()).isEqualTo(expected);
        assertThat(count(pruned.kept())).isEqualTo(outputs * inputs - zeros);
        for (int row = 0; row < outputs; row++) {
            for (int j = 0; j <= inputs; j++) {
                assertThat(pruned.weights()[row * (inputs + 1) + j]).isCloseTo(w[row][j], Offset.offset(1e-5));
            }
        }
    }

    private static DMatrixRMaj inverseFrom(DMatrixRMaj h, int first) {
        int[] left = IntStream.range(first, h.getNumRows()).toArray();
        DMatrixRMaj part = TinyLayer.part(h, left, left);
        assertThat(CommonOps_DDRM.invert(part)).isTrue();
        return part;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void wandaComparesWithinAnOutput(long seed) {
        TinyLayer layer = TinyLayer.of(OUTPUTS, INPUTS, seed);
        LayerProblem problem = layer.problem(new Unstructured(), 7 * OUTPUTS);
        boolean[] kept = problem.projection().keep(Wanda.saliency(problem));
        Moments moments = layer.all();
        for (int row = 0; row < OUTPUTS; row++) {
            int at = row;
            List<Integer> expected = IntStream.range(0, INPUTS)
                    .boxed()
                    .sorted(Comparator.comparingDouble(
                            j -> -Math.abs(layer.dense()[at * (INPUTS + 1) + j]) * Math.sqrt(moments.input(j, j))))
                    .limit(5)
                    .sorted()
                    .toList();
            assertThat(IntStream.range(0, INPUTS)
                            .filter(j -> kept[at * INPUTS + j])
                            .boxed()
                            .toList())
                    .isEqualTo(expected);
        }
    }

    static Stream<CalibratedMethod> methods() {
        return CalibratedMethods.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyMethodFitsWhatItKeeps(CalibratedMethod method) {
        TinyLayer layer = TinyLayer.of(OUTPUTS, INPUTS, 5);
        Grid grid = new Grid(1, OUTPUTS, INPUTS);
        Grid alongInputs = new Grid(OUTPUTS, INPUTS, 1);
        List<SparsityPattern> patterns = List.of(
                new Unstructured(),
                new NofM(2, 4, alongInputs),
                new Block(1, 4, Pooling.AVERAGE, grid),
                new Slices(Pooling.L2, Slices.Axis.along(Shape.of(OUTPUTS, INPUTS), 1)));
        for (SparsityPattern pattern : patterns) {
            int zeros = (int) pattern.unitCount(Shape.of(OUTPUTS, INPUTS)) / 2;
            LayerSolution solution = method.solve(layer.problem(pattern, zeros), products);
            assertThat(count(solution.kept())).isEqualTo(OUTPUTS * INPUTS / 2);
            assertThat(pattern.violations(layer.matrix().mask(solution.kept())).count())
                    .isZero();
            assertThat(solution.error()).isLessThan(solution.maskedError());
            assertFitted(layer, solution);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void obcIsNeverFartherThanTheLargestWeightsFitted(long seed) {
        LayerProblem problem = TinyLayer.of(OUTPUTS, INPUTS, seed).problem(new Unstructured(), 50);
        LayerSolution byMagnitude = LayerFit.of(problem, problem.largest(), products);
        assertThat(new Obc().solve(problem, products).error()).isLessThanOrEqualTo(byMagnitude.error());
    }

    @Test
    void copesWithInputsThatAreAlwaysZero() {
        TinyLayer some = TinyLayer.of(OUTPUTS, INPUTS, 1);
        Moments dead = new Moments(INPUTS + 1, OUTPUTS);
        float[] x = new float[50 * (INPUTS + 1)];
        float[] t = new float[50 * OUTPUTS];
        for (int i = 0; i < x.length; i++) {
            int j = i % (INPUTS + 1);
            x[i] = j == 3 ? 0 : j == INPUTS ? 1 : (float) Math.sin(i * 0.7 + j * j);
        }
        for (int i = 0; i < t.length; i++) {
            t[i] = (float) Math.cos(i);
        }
        dead.add(new SampleRows(x, t, 50), products);
        TinyLayer layer = TinyLayer.of(OUTPUTS, INPUTS, dead, dead, some.dense());
        LayerProblem problem = layer.problem(new Unstructured(), OUTPUTS);
        for (CalibratedMethod method : CalibratedMethods.ALL) {
            assertThat(method.solve(problem, products).weights()).doesNotContain(Double.NaN);
        }
    }
}
