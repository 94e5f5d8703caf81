package dev.espalier.pruning.calibrated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.sparse.Block;
import dev.espalier.sparse.Grid;
import dev.espalier.sparse.Pooling;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.Slices;
import dev.espalier.sparse.SparsityPattern;
import dev.espalier.sparse.Unstructured;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A layer whose outputs are groups that read inputs of their own, as a grouped convolution's do.
final class GroupsTest {
    private static final int GROUPS = 3;
    private static final int OUTPUTS = 2;
    private static final int INPUTS = 8;
    private static final int ZEROS = 30;

    private final Products products = new PlainProducts();

    static Stream<CalibratedMethod> methods() {
        return CalibratedMethods.ALL.stream();
    }

    private static List<TinyLayer> groups(long seed) {
        return IntStream.range(0, GROUPS)
                .mapToObj(group -> TinyLayer.of(OUTPUTS, INPUTS, 100 * seed + group))
                .toList();
    }

    private static LayerProblem problem(List<TinyLayer> groups, SparsityPattern pattern, long zeros) {
        int outputs = groups.stream().mapToInt(TinyLayer::outputs).sum();
        double[] dense = groups.stream()
                .flatMapToDouble(group -> Arrays.stream(group.dense()))
                .toArray();
        double[] scale = new double[outputs];
        Arrays.fill(scale, 1);
        return new LayerProblem(
                groups.stream().map(TinyLayer::fit).toList(),
                groups.stream().map(TinyLayer::held).toList(),
                dense,
                true,
                scale,
                new WeightMatrix(Shape.of(outputs, INPUTS), outputs, INPUTS, false),
                pattern,
                zeros);
    }

    private static int count(boolean[] kept) {
        return (int) IntStream.range(0, kept.length).filter(i -> kept[i]).count();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everyGroupIsFittedToItsOwnInputs(CalibratedMethod method) {
        List<TinyLayer> groups = groups(1);
        LayerProblem problem = problem(groups, new Unstructured(), ZEROS);
        LayerSolution solution = method.solve(problem, products);
        assertThat(count(solution.kept())).isEqualTo(GROUPS * OUTPUTS * INPUTS - ZEROS);
        for (int row = 0; row < GROUPS * OUTPUTS; row++) {
            int at = row;
            int[] free = IntStream.rangeClosed(0, INPUTS)
                    .filter(j -> j == INPUTS || solution.kept()[at * INPUTS + j])
                    .toArray();
            double[] best = groups.get(row / OUTPUTS).best(row % OUTPUTS, free, solution.lambda(row / OUTPUTS));
            for (int i = 0; i < free.length; i++) {
                assertThat(solution.weights()[row * (INPUTS + 1) + free[i]]).isCloseTo(best[i], Offset.offset(1e-5));
            }
        }
    }

    /// The numbers of zeros in groups follow from the losses in the whole layer.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void obcTakesWhatIsMissedLeastInAnyGroup(long seed) {
        List<TinyLayer> groups = groups(seed);
        LayerProblem problem = problem(groups, new Unstructured(), ZEROS);
        List<Float> losses = new ArrayList<>();
        for (TinyLayer group : groups) {
            for (float loss : Obc.saliency(group.problem(new Unstructured(), 0))) {
                losses.add(loss);
            }
        }
        List<Float> sorted = losses.stream().sorted().toList();
        boolean[] kept = problem.projection().keep(Obc.saliency(problem));
        for (int i = 0; i < kept.length; i++) {
            assertThat(kept[i]).isEqualTo(losses.get(i) >= sorted.get(ZEROS));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void isNeverFartherThanTheLargestWeightsFitted(long seed) {
        LayerProblem problem = problem(groups(seed), new Unstructured(), ZEROS);
        LayerSolution byMagnitude = LayerFit.of(problem, problem.largest(), products);
        for (String name : List.of("admm", "obc")) {
            LayerSolution solution = CalibratedMethods.named(name).orElseThrow().solve(problem, products);
            assertThat(solution.error()).isLessThanOrEqualTo(byMagnitude.error());
        }
    }

    /// Outputs that read the same inputs are the same layer, however they are grouped.
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void choosesTheSameHoweverOutputsAreGrouped(long seed) {
        TinyLayer layer = TinyLayer.of(GROUPS * OUTPUTS, INPUTS, seed);
        LayerProblem whole = layer.problem(new Unstructured(), ZEROS);
        List<TinyLayer> parts = IntStream.range(0, GROUPS)
                .mapToObj(group -> layer.rows(group * OUTPUTS, (group + 1) * OUTPUTS, seed))
                .toList();
        LayerProblem grouped = problem(parts, new Unstructured(), ZEROS);
        assertThat(supports(grouped)).isEqualTo(supports(whole));
        assertThat(SparseGpt.choose(grouped).kept())
                .isEqualTo(SparseGpt.choose(whole).kept());
        assertThat(Wanda.saliency(grouped)).isEqualTo(Wanda.saliency(whole));
        LayerSolution one = LayerFit.of(whole, whole.largest(), products);
        LayerSolution other = LayerFit.of(grouped, whole.largest(), products);
        assertThat(other.maskedError()).isCloseTo(one.maskedError(), Offset.offset(1e-6));
    }

    private boolean[] supports(LayerProblem problem) {
        return Admm.supports(problem, List.of(problem.projection()), AdmmSupport.MANY, products)
                .getFirst()
                .kept();
    }

    @Test
    void obcLeavesWhatReachesOverGroupsToAdmm() {
        int outputs = GROUPS * OUTPUTS;
        List<TinyLayer> groups = groups(1);
        Slices columns = new Slices(Pooling.L2, Slices.Axis.along(Shape.of(outputs, INPUTS), 1));
        Block within = new Block(OUTPUTS, 2, Pooling.AVERAGE, new Grid(1, outputs, INPUTS));
        assertThat(new Obc().refusal(problem(groups, columns, 2))).isPresent();
        assertThat(new Obc().refusal(problem(groups, within, 2))).isEmpty();
        assertThat(new Obc().refusal(problem(Collections.nCopies(1, groups.getFirst()), new Unstructured(), 2)))
                .isEmpty();
    }
}
