package dev.espalier.pruning.calibrated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.sparse.Shape;
import dev.espalier.sparse.Unstructured;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class OutliersTest {
    private static Outliers.Layer layer(String weight, long units, double ratio) {
        return new Outliers.Layer(weight, units, ratio);
    }

    /// Ratios .01, .03 and .05 come to 0, .08 and .16, less their mean .08; the sparsity is 60 %.
    @Test
    void keepsMoreWhereMoreStandsOut() {
        Outliers outliers = new Outliers(List.of(layer("a", 1000, .01), layer("b", 1000, .03), layer("c", 1000, .05)));
        assertThat(outliers.divide(Set.of("a", "b", "c"), 1800))
                .containsExactly(Map.entry("a", 680L), Map.entry("b", 600L), Map.entry("c", 520L));
        assertThat(outliers.divide(Set.of("a", "c"), 1200)).containsExactly(Map.entry("a", 680L), Map.entry("c", 520L));
    }

    /// The mean by units is .04, so that the distances of the first two are -.04 and .12: at 90 % the
    /// first may go up to 95 %, and does not.
    @Test
    void countsLayersByTheirSize() {
        Outliers outliers = new Outliers(List.of(layer("large", 3000, .01), layer("small", 1000, .05)));
        assertThat(outliers.divide(Set.of("large", "small"), 3600))
                .containsExactly(Map.entry("large", 2820L), Map.entry("small", 780L));
    }

    /// The mean is .12, the small layer's distance -.12, and it keeps a half of 10 % all the same: what the others do
    /// shrinks with that.
    @Test
    void leavesEveryLayerHalfOfWhatItWouldKeep() {
        Outliers outliers = new Outliers(List.of(layer("large", 3000, .05), layer("small", 1000, .01)));
        Map<String, Long> divided = outliers.divide(Set.of("large", "small"), 3600);
        assertThat(divided).containsEntry("small", 950L).containsEntry("large", 2650L);
    }

    @Test
    void comesToTheExactNumber() {
        Random random = new Random(3);
        for (int round = 0; round < 500; round++) {
            List<Outliers.Layer> layers = List.of(
                    layer("a", 1 + random.nextInt(50), random.nextDouble()),
                    layer("b", 1 + random.nextInt(5000), random.nextDouble()),
                    layer("c", 1 + random.nextInt(3), random.nextInt(2)));
            Outliers outliers = new Outliers(layers);
            long units = layers.stream().mapToLong(Outliers.Layer::units).sum();
            long zeros = random.nextLong(units + 1);
            Map<String, Long> divided = outliers.divide(outliers.units().keySet(), zeros);
            assertThat(divided.values().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(zeros);
            layers.forEach(layer -> assertThat(divided.get(layer.weight())).isBetween(0L, layer.units()));
        }
    }

    /// One weight of twenty is far larger, then one input too.
    @Test
    void countsWeightsFarAboveTheMean() {
        double[] weights = new double[20];
        float[] x = new float[20];
        Arrays.fill(weights, -1);
        Arrays.fill(x, -1);
        weights[19] = 60;
        assertThat(of(weights, x).ratio()).isEqualTo(0.05);
        x[0] = 60;
        assertThat(of(weights, x).ratio()).isEqualTo(0.1);
        x[19] = 0;
        assertThat(of(weights, x).ratio()).isEqualTo(0.05);
    }

    private static Outliers.Layer of(double[] weights, float[] x) {
        Moments moments = new Moments(weights.length, 1);
        moments.add(new SampleRows(x, new float[1], 1), new PlainProducts());
        WeightMatrix matrix = new WeightMatrix(Shape.of(1, weights.length), 1, weights.length, false);
        LayerProblem problem = new LayerProblem(
                List.of(moments), List.of(moments), weights, false, new double[] {1}, matrix, new Unstructured(), 0);
        return Outliers.Layer.of("w", weights.length, problem);
    }
}
