package dev.espalier.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SparsityPatternTest {
    private static final double NONE = 0;

    private static Mask select(SparsityPattern pattern, DenseTensor tensor, double share) {
        Scores scores = Magnitudes.of(tensor, Quantization.NONE, Magnitudes.exactBits(tensor.type()));
        Scores units = pattern.units(scores);
        Cut cut = Cut.ofSmallest(List.of(units), Math.round(share * units.count()));
        return pattern.select(tensor.shape(), scores, units, cut);
    }

    private static DenseTensor random(ElementType type, Grid grid, long seed) {
        Random random = new Random(seed);
        DenseTensor tensor = DenseTensor.zeros(type, Shape.of(grid.outer(), grid.rows(), grid.columns()));
        for (long i = 0; i < tensor.elementCount(); i++) {
            // Few values, so that there are ties; zeros, negative zeros and denormals among them.
            long bits = new long[] {0, 0x8000, 1, 0x3C00, 0xBC00, 0x4000, 0x3800, 0x5555}[random.nextInt(8)];
            tensor.setBits(i, type == ElementType.F16 ? bits : bits << 16);
        }
        return tensor;
    }

    static Stream<Arguments> groups() {
        List<Grid> grids = List.of(
                new Grid(1, 8, 1),
                new Grid(5, 13, 1),
                new Grid(3, 8, 9),
                new Grid(1, 64, 5000),
                new Grid(2, 3, 7),
                new Grid(0, 8, 4));
        return grids.stream()
                .flatMap(grid -> Stream.of(new NofM(2, 4, grid), new NofM(1, 4, grid), new NofM(5, 8, grid)))
                .flatMap(p -> Stream.of(ElementType.F32, ElementType.F16).map(type -> Arguments.of(p, type)));
    }

    @ParameterizedTest
    @MethodSource("groups")
    void keepsTheLargestOfEveryGroupAndTheWholeTail(NofM pattern, ElementType type) {
        Grid grid = pattern.grid();
        DenseTensor tensor = random(type, grid, 1);
        Mask mask = select(pattern, tensor, NONE);
        assertThat(pattern.violations(mask)).isEqualTo(SparsityPattern.Violations.NONE);
        Mask nonZeros = Mask.ofNonZeros(tensor, Quantization.NONE);
        for (long o = 0; o < grid.outer(); o++) {
            for (long c = 0; c < grid.columns(); c++) {
                for (long r = 0; r < grid.rows(); r++) {
                    boolean isTail = r >= grid.rows() - pattern.tail();
                    long at = (o * grid.rows() + r) * grid.columns() + c;
                    // Before it come those of its group that are larger, and of equal ones those with a higher index.
                    long before = 0;
                    for (long other = r - r % pattern.group();
                            !isTail && other < r - r % pattern.group() + pattern.group();
                            other++) {
                        long there = (o * grid.rows() + other) * grid.columns() + c;
                        float a = magnitude(tensor, there);
                        float b = magnitude(tensor, at);
                        before += a > b || (a == b && other > r) ? 1 : 0;
                    }
                    assertThat(mask.isKept(at)).isEqualTo(nonZeros.isKept(at) && before < pattern.keep());
                }
            }
        }
    }

    private static float magnitude(DenseTensor tensor, long index) {
        long bits = tensor.bitsAt(index);
        return Math.abs(
                tensor.type() == ElementType.F16
                        ? Float.float16ToFloat((short) bits)
                        : Float.intBitsToFloat((int) bits));
    }

    @Test
    void neverPrunesWhatIsNotFinite() {
        NofM pattern = new NofM(1, 4, new Grid(1, 4, 1));
        DenseTensor tensor = DenseTensor.of(Shape.of(4), Float.NaN, 5, Float.POSITIVE_INFINITY, Float.NaN);
        Mask mask = select(pattern, tensor, NONE);
        assertThat(mask.keptCount()).isEqualTo(3);
        assertThat(mask.isKept(1)).isFalse();
        assertThat(pattern.violations(mask)).isEqualTo(new SparsityPattern.Violations(1, 0));
    }

    @Test
    void saysWhereTheFirstGroupIsThatHasTooMany() {
        NofM pattern = new NofM(2, 4, new Grid(2, 8, 3));
        MaskBuilder mask = new MaskBuilder(Shape.of(2, 8, 3));
        for (long row : new long[] {4, 5, 7}) {
            mask.keep((8 + row) * 3 + 1);
        }
        assertThat(pattern.violations(mask.build())).isEqualTo(new SparsityPattern.Violations(1, (8 + 4) * 3 + 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1x1@1x13x7", "2x3@1x13x7", "4x1@2x9x4", "16x16@1x32x5000", "3x5000@1x32x5000"})
    void keepsOrDropsWholeBlocks(String text) {
        Block pattern = (Block) SparsityPattern.parse("block:" + text);
        Grid grid = pattern.grid();
        Random random = new Random(3);
        DenseTensor tensor = DenseTensor.zeros(ElementType.F32, Shape.of(grid.elementCount()));
        for (long i = 0; i < tensor.elementCount(); i++) {
            tensor.setBits(i, Float.floatToRawIntBits(1 + random.nextFloat()));
        }
        Mask mask = select(pattern, tensor, 0.5);
        assertThat(pattern.violations(mask)).isEqualTo(SparsityPattern.Violations.NONE);
        assertThat(pattern.cover(mask)).isEqualTo(mask);
        Scores units = pattern.units(Magnitudes.of(tensor, Quantization.NONE, 31));
        long[] scores = new long[(int) units.count()];
        units.read(0, scores.length, scores);
        long dropped = Math.round(0.5 * scores.length);
        double smallest = 3;
        double largest = 0;
        long kept = 0;
        for (int block = 0; block < scores.length; block++) {
            long first = firstOf(pattern, block);
            double mean = mean(pattern, tensor, first);
            assertThat(Double.longBitsToDouble(scores[block])).isEqualTo(mean);
            if (mask.isKept(first)) {
                smallest = Math.min(smallest, mean);
                kept++;
            } else {
                largest = Math.max(largest, mean);
            }
        }
        assertThat(scores.length - kept).isEqualTo(dropped);
        assertThat(largest).isLessThan(smallest);
    }

    private static long firstOf(Block pattern, int block) {
        Grid grid = pattern.grid();
        long across = Math.ceilDiv(grid.columns(), (long) pattern.width());
        long down = Math.ceilDiv(grid.rows(), (long) pattern.height());
        long row = block / across / down * grid.rows() + block / across % down * pattern.height();
        return row * grid.columns() + block % across * pattern.width();
    }

    private static double mean(Block pattern, DenseTensor tensor, long first) {
        Grid grid = pattern.grid();
        double sum = 0;
        long count = 0;
        long row = first / grid.columns() % grid.rows();
        long column = first % grid.columns();
        for (long r = row; r < Math.min(grid.rows(), row + pattern.height()); r++) {
            for (long c = column; c < Math.min(grid.columns(), column + pattern.width()); c++) {
                sum += Float.intBitsToFloat((int) tensor.bitsAt(first + (r - row) * grid.columns() + c - column));
                count++;
            }
        }
        return sum / count;
    }

    @Test
    void poolsToTheMeanOrTheLargest() {
        Grid grid = new Grid(1, 2, 4);
        // The left block has the larger mean, the right one the largest element.
        DenseTensor tensor = DenseTensor.of(Shape.of(2, 4), 3, -3, 5, 0.5f, 3, 3, 0, 0.5f);
        Mask byMean = select(new Block(2, 2, Pooling.AVERAGE, grid), tensor, 0.5);
        assertThat(byMean.isKept(0)).isTrue();
        assertThat(byMean.isKept(2)).isFalse();
        Mask byLargest = select(new Block(2, 2, Pooling.MAXIMUM, grid), tensor, 0.5);
        assertThat(byLargest.isKept(0)).isFalse();
        assertThat(byLargest.isKept(2)).isTrue();
        // The zero of its own is not kept, and is the exception to whole blocks.
        assertThat(byLargest.isKept(6)).isFalse();
        assertThat(new Block(2, 2, Pooling.MAXIMUM, grid).violations(byLargest))
                .isEqualTo(new SparsityPattern.Violations(1, 2));
        assertThat(new Block(2, 2, Pooling.MAXIMUM, grid).cover(byLargest).keptCount())
                .isEqualTo(4);
    }

    @Test
    void neverDropsABlockWithWhatIsNotFinite() {
        DenseTensor tensor = DenseTensor.of(Shape.of(4), Float.NaN, 0, 9, 9);
        Mask mask = select(new Block(1, 2, Pooling.AVERAGE, new Grid(1, 1, 4)), tensor, 1);
        assertThat(mask.keptCount()).isEqualTo(1);
        assertThat(mask.isKept(0)).isTrue();
    }

    /// With the slice of each element.
    static Stream<Arguments> slices() {
        return Stream.of(
                Arguments.of("slices@6*x8x9", (LongUnaryOperator) i -> i / 72),
                Arguments.of("slices@6x8*x9", (LongUnaryOperator) i -> i / 9 % 8),
                Arguments.of("slices@6*x8*x9", (LongUnaryOperator) i -> i / 9),
                Arguments.of("slices@2*x5x7*x3", (LongUnaryOperator) i -> i / 105 * 7 + i / 3 % 7),
                Arguments.of("slices@40x300*", (LongUnaryOperator) i -> i % 300),
                Arguments.of("slices@40x5000*", (LongUnaryOperator) i -> i % 5000),
                Arguments.of("slices@3x1*x7", (LongUnaryOperator) i -> 0),
                Arguments.of("slices@12*", (LongUnaryOperator) i -> i));
    }

    @ParameterizedTest
    @MethodSource("slices")
    void keepsOrDropsWholeSlicesByTheirNorm(String text, LongUnaryOperator sliceOf) {
        Slices parsed = (Slices) SparsityPattern.parse(text);
        long elements = parsed.axes().stream().mapToLong(Slices.Axis::size).reduce(1, (a, b) -> a * b);
        DenseTensor tensor = DenseTensor.zeros(ElementType.F32, Shape.of(elements));
        Random random = new Random(11);
        for (long i = 0; i < elements; i++) {
            tensor.setBits(i, Float.floatToRawIntBits(1 + random.nextFloat()));
        }
        for (Pooling pooling : List.of(Pooling.L1, Pooling.L2, Pooling.MAXIMUM)) {
            Slices pattern = new Slices(pooling, parsed.axes());
            double[] norms = new double[(int) pattern.unitCount()];
            for (long i = 0; i < elements; i++) {
                double magnitude = Float.intBitsToFloat((int) tensor.bitsAt(i));
                int slice = (int) sliceOf.applyAsLong(i);
                norms[slice] = switch (pooling) {
                    case L1, AVERAGE -> norms[slice] + magnitude;
                    case L2 -> norms[slice] + magnitude * magnitude;
                    case MAXIMUM -> Math.max(norms[slice], magnitude);
                };
            }
            double[] sorted = norms.clone();
            Arrays.sort(sorted);
            int dropped = (int) Math.round(0.3 * norms.length);
            Mask mask = select(pattern, tensor, 0.3);
            double last = dropped == 0 ? 0 : sorted[dropped - 1];
            assertThat(mask).isEqualTo(Mask.of(tensor.shape(), i -> norms[(int) sliceOf.applyAsLong(i)] > last));
            assertThat(pattern.violations(mask)).isEqualTo(SparsityPattern.Violations.NONE);
            assertThat(pattern.cover(mask)).isEqualTo(mask);
            assertThat(pattern.fits(tensor.shape())).isTrue();
            assertThat(pattern.fits(Shape.of(elements + 1))).isFalse();
        }
    }

    @Test
    void saysWhereTheFirstSliceIsThatIsNeitherEmptyNorFull() {
        SparsityPattern pattern = SparsityPattern.parse("slices@2x3*x4");
        Shape shape = Shape.of(2, 3, 4);
        Mask two = Mask.of(shape, Set.of(9L, 13L)::contains);
        assertThat(pattern.violations(two)).isEqualTo(new SparsityPattern.Violations(2, 0));
        assertThat(pattern.cover(two).keptCount()).isEqualTo(16);
        Mask nine = Mask.of(shape, Set.of(0L, 1L, 2L, 3L, 9L, 12L, 13L, 14L, 15L)::contains);
        assertThat(pattern.violations(nine)).isEqualTo(new SparsityPattern.Violations(1, 8));
    }

    /// Squares of small doubles are 0 and those of large ones infinite: neither decides.
    @Test
    void takesNormsThatADoubleCannotHoldForTheSmallestAndTheLargest() {
        DenseTensor tensor = DenseTensor.zeros(ElementType.F64, Shape.of(4, 2));
        double[] values = {0, 0, 1e-200, 0, 1, 1, 1e300, 1e300};
        for (int i = 0; i < values.length; i++) {
            tensor.setBits(i, Double.doubleToRawLongBits(values[i]));
        }
        Slices pattern = new Slices(Pooling.L2, Slices.Axis.along(tensor.shape(), 0));
        Scores units = pattern.units(Magnitudes.of(tensor, Quantization.NONE, 63));
        long[] scores = new long[4];
        units.read(0, 4, scores);
        assertThat(scores[0]).isZero();
        assertThat(scores[1]).isPositive().isLessThan(scores[2]);
        assertThat(scores[3]).isGreaterThan(scores[2]).isLessThan(Scores.never(63));
    }

    @Test
    void countsMoreBlocksThanAnIntDoes() {
        long columns = (1L << 31) + 9;
        MaskBuilder last = new MaskBuilder(Shape.of(columns));
        last.keep(columns - 1);
        Mask mask = last.build();
        Block single = new Block(1, 1, Pooling.AVERAGE, new Grid(1, 1, columns));
        assertThat(single.violations(mask)).isEqualTo(SparsityPattern.Violations.NONE);
        assertThat(single.cover(mask)).isEqualTo(mask);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2:4@1x1099511627776x0", "block:1x1@1x1099511627776x0", "slices@1099511627776*x0"})
    void looksForNothingInAnEmptyTensorOfWhateverLength(String pattern) {
        Mask mask = new MaskBuilder(Shape.of(0)).build();
        assertThat(SparsityPattern.parse(pattern).fits(mask.shape())).isTrue();
        assertThat(SparsityPattern.parse(pattern).violations(mask)).isEqualTo(SparsityPattern.Violations.NONE);
        assertThat(SparsityPattern.parse(pattern).cover(mask)).isEqualTo(mask);
    }

    @Test
    void isReadAsItIsWritten() {
        for (String text : List.of("2:4@64x32x9", "block:4x1@1x64x288", "slices@64*x32x9", "slices@2*x8x4*")) {
            assertThat(SparsityPattern.parse(text)).hasToString(text);
        }
        for (String text : List.of(
                "",
                "slices@",
                "slices@4**",
                "slices@4*x-1",
                "slices@9999999999x9999999999*",
                "2:4",
                "4:2@1x1x1",
                "2:4@1x1",
                "2:4@1x-1x1",
                "block:0x1@1x1x1",
                "2:4@99999999999x9999999999x2")) {
            assertThatThrownBy(() -> SparsityPattern.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    static Stream<SparsityPattern> patterns() {
        Grid grid = new Grid(2, 7, 10);
        return Stream.of(
                new Unstructured(),
                new NofM(2, 4, grid),
                new Block(3, 4, Pooling.AVERAGE, grid),
                new Block(1, 4, Pooling.MAXIMUM, grid),
                new Slices(Pooling.L2, Slices.Axis.along(Shape.of(2, 7, 10), 1)));
    }

    /// What stays together when one element has to is what says that it is the same unit.
    @ParameterizedTest
    @MethodSource("patterns")
    void elementsOfAUnitHaveItsNumber(SparsityPattern pattern) {
        Shape shape = Shape.of(2, 7, 10);
        for (long i = 0; i < shape.elementCount(); i++) {
            MaskBuilder one = new MaskBuilder(shape);
            one.keep(i);
            Mask unit = pattern.cover(one.build());
            for (long j = 0; j < shape.elementCount(); j++) {
                boolean isSame = pattern.unitOf(i) == pattern.unitOf(j);
                if (pattern instanceof NofM) {
                    assertThat(isSame)
                            .isEqualTo(i / 70 == j / 70 && i % 10 == j % 10 && i / 10 % 7 / 4 == j / 10 % 7 / 4);
                } else {
                    assertThat(isSame).as(pattern + ": " + i + ", " + j).isEqualTo(unit.isKept(j));
                }
            }
        }
    }
}
