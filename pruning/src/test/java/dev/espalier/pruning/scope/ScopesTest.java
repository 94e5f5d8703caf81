package dev.espalier.pruning.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.pruning.Sparsity;
import dev.espalier.sparse.Cut;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Magnitudes;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Scores;
import dev.espalier.sparse.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Every number here was worked out by hand from the published formula.
final class ScopesTest {
    private static final List<Layer> THREE = List.of(layer(1, 2, 2), layer(3, 4), layer(5, 12));

    private static Scores scores(float... values) {
        return Magnitudes.of(DenseTensor.of(Shape.of(values.length), values), Quantization.NONE, 31);
    }

    private static Layer layer(float... values) {
        return new Layer(Shape.of(values.length), values.length, 1, values.length, false, false, () -> scores(values));
    }

    private static Layer ofSize(boolean isFirstConvolution, boolean isLast, long... dims) {
        Shape shape = Shape.of(dims);
        long units = shape.elementCount();
        return new Layer(shape, units, 1, units, isFirstConvolution, isLast, () -> {
            throw new IllegalStateException("nobody asked for scores");
        });
    }

    private static List<Long> zeros(String scope, List<Layer> layers, String share) {
        Amount amount = new Amount(Sparsity.parse(share), Amount.Of.TOTAL);
        return Scopes.named(scope).orElseThrow().allot(layers, amount).stream()
                .map(Allotment::zeros)
                .toList();
    }

    @Test
    void everyScopeSaysWhatItDoesAndWhereItComesFrom() {
        assertThat(Scopes.ALL)
                .allSatisfy(scope -> assertThat(List.of(scope.name(), scope.summary(), scope.source()))
                        .doesNotContain(""));
        assertThat(Scopes.ALL).extracting(Scope::name).doesNotHaveDuplicates();
    }

    @Test
    void layerAsksEveryLayerForTheSame() {
        assertThat(zeros("layer", THREE, "0.5")).containsExactly(2L, 1L, 1L);
    }

    @Test
    void globalTakesTheSmallestOfAll() {
        assertThat(zeros("global", THREE, "0.43")).containsExactly(3L, 0L, 0L);
        assertThat(zeros("global", THREE, "0.72")).containsExactly(3L, 2L, 0L);
    }

    /// Norms are 3, 5 and 13: keys 1/3 2/3 2/3, 3/5 4/5, 5/13 12/13.
    @Test
    void globalNormalizedDividesByTheNormOfTheLayer() {
        assertThat(zeros("global-normalized", THREE, "0.29")).containsExactly(1L, 0L, 1L);
        assertThat(zeros("global-normalized", THREE, "0.43")).containsExactly(1L, 1L, 1L);
        assertThat(zeros("global-normalized", THREE, "0.72")).containsExactly(3L, 1L, 1L);
    }

    /// Keys 1/9 4/8 4/4, 9/25 16/16, 25/169 144/144.
    @Test
    void lampDividesTheSquareByThoseThatAreNotSmaller() {
        assertThat(zeros("lamp", THREE, "0.29")).containsExactly(1L, 0L, 1L);
        assertThat(zeros("lamp", THREE, "0.43")).containsExactly(1L, 1L, 1L);
        assertThat(zeros("lamp", THREE, "0.57")).containsExactly(2L, 1L, 1L);
        assertThat(zeros("lamp", THREE, "0.72")).containsExactly(3L, 1L, 1L);
    }

    /// Sums of dimensions are 5, 7 and 6, so that at half of 26 weights the kept ones are 13/18 of these: 3.6,
    /// 5.1 and 4.3.
    @Test
    void erkKeepsInProportionToTheSumOfDimensions() {
        List<Layer> layers = List.of(ofSize(false, false, 2, 3), ofSize(false, false, 3, 4), ofSize(false, true, 4, 2));
        assertThat(zeros("erk", layers, "0.5")).containsExactly(2L, 7L, 4L);
        // 23 of 26 would keep 6.4 of the first layer's 6: it stays whole, and the others keep 17/13 of 7 and 6.
        assertThat(zeros("erk", layers, "0.1")).containsExactly(0L, 3L, 0L);
    }

    @Test
    void erkCountsTheKernelToo() {
        List<Layer> layers =
                List.of(ofSize(true, false, 4, 2, 3, 3), ofSize(false, false, 8, 4, 1, 1), ofSize(false, true, 10, 8));
        // Of 184 weights 92 stay. Sums are 12, 14 and 18: 92/44 of them are 25.1, 29.3 and 37.6.
        assertThat(zeros("erk", layers, "0.5")).containsExactly(47L, 3L, 42L);
    }

    @Test
    void uniformPlusSparesTheFirstConvolutionAndAFifthOfTheLastLayer() {
        List<Layer> layers = List.of(ofSize(true, false, 10), ofSize(false, false, 100), ofSize(false, true, 50));
        assertThat(zeros("uniform+", layers, "0.5")).containsExactly(0L, 53L, 27L);
        assertThat(zeros("uniform+", layers, "0.8")).containsExactly(0L, 88L, 40L);
        assertThat(zeros("uniform+", layers, "0.875")).containsExactly(0L, 100L, 40L);
    }

    @Test
    void remainingIsAShareOfWhatIsNotZeroYet() {
        List<Layer> layers = List.of(layer(0, 0, 0, 0, 0, 1, 2, 3, 4, 5), layer(6, 7, 8, 9, 10));
        Amount amount = new Amount(Sparsity.parse("0.2"), Amount.Of.REMAINING);
        assertThat(Scopes.LAYER.allot(layers, amount))
                .extracting(Allotment::zeros)
                .containsExactly(6L, 1L);
        assertThat(Scopes.GLOBAL.allot(layers, amount))
                .extracting(Allotment::zeros)
                .containsExactly(7L, 0L);
    }

    /// Where layers cost or are capped differently, and many weights are equal: against sorting everything.
    @Test
    void cutsAsSortingEverythingWould() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            boolean isDouble = round % 3 == 0;
            boolean hasCosts = round % 5 == 0;
            List<Layer> layers = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                int size = random.nextInt(40);
                layers.add(random(random, size, isDouble, hasCosts ? 1 + random.nextInt(3) : 1));
            }
            Sparsity share = Sparsity.parse("0." + random.nextInt(100));
            for (Scope scope : List.of(Scopes.GLOBAL, new NormalizedScope(), new LampScope())) {
                Amount amount = new Amount(share, Amount.Of.TOTAL);
                assertThat(scope.allot(layers, amount).stream()
                                .map(Allotment::zeros)
                                .toList())
                        .as("round %s, %s of %s by %s", round, share, layers, scope.name())
                        .isEqualTo(bySorting(layers, scope, amount));
            }
        }
    }

    /// Of so many weights only a part is counted at first. In the second layer that part tells nothing of the others.
    @Test
    void cutsLargeLayersWhereTheirSampleMisleadsToo() {
        int size = 3 << 19;
        Random random = new Random(11);
        Layer honest = of(floats(random.doubles(size).toArray()));
        double[] values = random.doubles(size).map(value -> value / 2).toArray();
        for (int i = 0; i < size; i++) {
            values[i] += i / 4096 % 16 == 0 ? 1 : 0;
        }
        List<Layer> misleading = List.of(honest, of(floats(values)), layer(0, 0.25f, 0.5f, 2));
        for (List<Layer> layers : List.of(List.of(honest), misleading)) {
            for (String share : List.of("0", "0.004", "0.5", "0.97", "1")) {
                Amount amount = new Amount(Sparsity.parse(share), Amount.Of.TOTAL);
                List<Allotment> allotments = Scopes.GLOBAL.allot(layers, amount);
                float[] sorted = sorted(layers);
                long asked = amount.in(sorted.length, () -> 0);
                assertThat(allotments.stream().mapToLong(Allotment::zeros).sum())
                        .as("%s of %s layers", share, layers.size())
                        .isEqualTo(asked);
                for (int i = 0; i < layers.size() && asked > 0 && asked < sorted.length; i++) {
                    long least = Float.floatToIntBits(sorted[(int) asked - 1]);
                    long below =
                            new Cut(least, 0).countIn(layers.get(i).scores().get());
                    long upTo =
                            new Cut(least + 1, 0).countIn(layers.get(i).scores().get());
                    assertThat(allotments.get(i).zeros()).isBetween(below, upTo);
                }
            }
        }
    }

    private static Layer of(DenseTensor tensor) {
        Scores scores = Magnitudes.of(tensor, Quantization.NONE, 31);
        return new Layer(tensor.shape(), scores.count(), 1, scores.count(), false, false, () -> scores);
    }

    private static float[] sorted(List<Layer> layers) {
        int all = layers.stream().mapToInt(layer -> (int) layer.units()).sum();
        float[] sorted = new float[all];
        int at = 0;
        for (Layer layer : layers) {
            long[] block = new long[(int) layer.units()];
            layer.scores().get().read(0, block.length, block);
            for (long score : block) {
                sorted[at++] = Float.intBitsToFloat((int) score);
            }
        }
        Arrays.sort(sorted);
        return sorted;
    }

    private static Layer random(Random random, int size, boolean isDouble, long cost) {
        boolean hasTies = random.nextBoolean();
        double scale = Math.pow(10, random.nextInt(5) - 2);
        double[] values = random.doubles(size)
                .map(value -> scale * (hasTies ? Math.round(value * 4) : value))
                .toArray();
        DenseTensor tensor = isDouble ? doubles(values) : floats(values);
        Scores scores = Magnitudes.of(tensor, Quantization.NONE, isDouble ? 63 : 31);
        long cap = random.nextInt(3) == 0 ? size / 2 : size;
        return new Layer(tensor.shape(), size, cost, cap, false, false, () -> scores);
    }

    private static DenseTensor floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return DenseTensor.of(Shape.of(floats.length), floats);
    }

    private static DenseTensor doubles(double[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            bytes.putDouble(value);
        }
        return new DenseTensor(ElementType.F64, Shape.of(values.length), MemorySegment.ofArray(bytes.array()));
    }

    private record Unit(int layer, double key) {}

    private static List<Long> bySorting(List<Layer> layers, Scope scope, Amount amount) {
        List<Unit> units = new ArrayList<>();
        for (int l = 0; l < layers.size(); l++) {
            double[] sorted = sorted(layers.get(l));
            double all = 0;
            for (double value : sorted) {
                all += value * value;
            }
            for (int i = 0; i < sorted.length; i++) {
                double value = sorted[i];
                double key = value == 0
                        ? 0
                        : switch (scope.name()) {
                            case "global" -> value;
                            case "lamp" -> value * value / fromHere(sorted, i);
                            default -> value / Math.sqrt(all);
                        };
                units.add(new Unit(l, key));
            }
        }
        units.sort(Comparator.comparingDouble(Unit::key));
        long left = amount.in(layers.stream().mapToLong(Layer::total).sum(), () -> 0);
        long[] zeros = new long[layers.size()];
        for (Unit unit : units) {
            Layer layer = layers.get(unit.layer);
            if (zeros[unit.layer] < layer.cap() && layer.cost() <= left) {
                zeros[unit.layer]++;
                left -= layer.cost();
            } else if (zeros[unit.layer] < layer.cap()) {
                break;
            }
        }
        return IntStream.range(0, zeros.length).mapToObj(i -> zeros[i]).toList();
    }

    private static double fromHere(double[] sorted, int at) {
        double value = sorted[at];
        double sum = 0;
        int equal = 0;
        for (int i = sorted.length - 1; i >= at; i--) {
            sum += sorted[i] > value ? sorted[i] * sorted[i] : 0;
            equal += sorted[i] == value ? 1 : 0;
        }
        return sum + equal * (value * value);
    }

    private static double[] sorted(Layer layer) {
        Scores scores = layer.scores().get();
        long[] bits = new long[(int) scores.count()];
        scores.read(0, bits.length, bits);
        return Arrays.stream(bits)
                .sorted()
                .mapToDouble(score -> Scores.real(score, scores.bits()))
                .toArray();
    }
}
