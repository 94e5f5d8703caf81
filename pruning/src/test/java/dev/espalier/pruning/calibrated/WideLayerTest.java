package dev.espalier.pruning.calibrated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.espalier.sparse.Grid;
import dev.espalier.sparse.NofM;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparsityPattern;
import dev.espalier.sparse.Unstructured;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Against `wanda` with all moments of the same samples.
final class WideLayerTest {
    private static final int OUTPUTS = 4;
    private static final int INPUTS = 12;
    private static final int STRIDE = INPUTS + 1;
    private static final int ROWS = 50;

    private final WeightMatrix matrix = new WeightMatrix(Shape.of(OUTPUTS, INPUTS), OUTPUTS, INPUTS, false);
    private final Random random = new Random(5);
    private final double[] dense = random.doubles(OUTPUTS * STRIDE, -1, 1).toArray();
    private final float[] x = new float[ROWS * STRIDE];
    private final float[] t = new float[ROWS * OUTPUTS];

    private List<Means> groups(int groups) {
        for (int row = 0; row < ROWS; row++) {
            for (int j = 0; j < STRIDE; j++) {
                x[row * STRIDE + j] = j == INPUTS ? 1 : (float) (random.nextGaussian() * (j + 1) + 0.3 * j);
                for (int output = 0; output < OUTPUTS; output++) {
                    t[row * OUTPUTS + output] += (float) (dense[output * STRIDE + j] * x[row * STRIDE + j]);
                }
            }
        }
        int outputs = OUTPUTS / groups;
        return IntStream.range(0, groups)
                .mapToObj(group -> {
                    Means means = new Means(STRIDE, outputs);
                    float[] own = new float[ROWS * outputs];
                    for (int i = 0; i < own.length; i++) {
                        own[i] = t[i / outputs * OUTPUTS + group * outputs + i % outputs];
                    }
                    means.add(new SampleRows(x, own, ROWS), new PlainProducts());
                    return means;
                })
                .toList();
    }

    private LayerSolution solve(int groups, SparsityPattern pattern, long zeros) {
        return WideLayer.solve(groups(groups), dense, true, matrix, pattern, zeros);
    }

    @Test
    void keepsWhatWandaKeeps() {
        for (SparsityPattern pattern : List.of(new Unstructured(), new NofM(2, 4, new Grid(OUTPUTS, INPUTS, 1)))) {
            LayerSolution wide = solve(1, pattern, 24);
            Moments moments = new Moments(STRIDE, OUTPUTS);
            moments.add(new SampleRows(x, t, ROWS), new PlainProducts());
            LayerProblem problem = new LayerProblem(
                    List.of(moments), List.of(moments), dense, true, new double[] {1, 1, 1, 1}, matrix, pattern, 24);
            assertThat(wide.kept())
                    .isEqualTo(CalibratedMethods.WANDA
                            .solve(problem, new PlainProducts())
                            .kept());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void makesGoodTheMeanWithTheBias(int groups) {
        LayerSolution wide = solve(groups, new Unstructured(), 36);
        for (int output = 0; output < OUTPUTS; output++) {
            double meant = 0;
            double given = 0;
            for (int row = 0; row < ROWS; row++) {
                meant += t[row * OUTPUTS + output];
                for (int j = 0; j < STRIDE; j++) {
                    given += wide.weights()[output * STRIDE + j] * x[row * STRIDE + j];
                }
            }
            assertThat(given / ROWS).isCloseTo(meant / ROWS, within(1e-5));
            for (int j = 0; j < INPUTS; j++) {
                double kept = wide.kept()[output * INPUTS + j] ? dense[output * STRIDE + j] : 0;
                assertThat(wide.weights()[output * STRIDE + j]).isEqualTo(kept);
            }
        }
    }
}
