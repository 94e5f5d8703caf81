package dev.espalier.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds for every encoding in the list.
final class SparseEncodingContractTest {
    static Stream<SparseEncoding> encodings() {
        return SparseEncodings.ALL.stream();
    }

    private static DenseTensor random(ElementType type, double zeros, long seed, long... dims) {
        Random random = new Random(seed);
        Shape shape = Shape.of(dims);
        DenseTensor tensor = DenseTensor.zeros(type, shape);
        for (long i = 0; i < shape.elementCount(); i++) {
            tensor.setBits(i, random.nextDouble() < zeros ? 0 : random.nextLong() | 1);
        }
        return tensor;
    }

    static Stream<Arguments> cases() {
        List<ElementType> types = List.of(
                ElementType.F32, ElementType.F64, ElementType.F16, ElementType.BF16, ElementType.I8, ElementType.U8);
        List<long[]> shapes = List.of(
                new long[] {},
                new long[] {1},
                new long[] {8},
                new long[] {0, 3},
                new long[] {13, 7},
                new long[] {64, 64},
                new long[] {3, 1, 1000},
                new long[] {5, 3, 3, 3},
                new long[] {2, 3, 2, 3, 2});
        return encodings()
                .flatMap(encoding -> types.stream()
                        .flatMap(type -> shapes.stream().map(dims -> Arguments.of(encoding, type, Shape.of(dims)))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givesBackTheSameBits(SparseEncoding encoding, ElementType type, Shape shape) {
        for (double zeros : new double[] {0, 0.5, 0.9, 0.997, 1}) {
            DenseTensor tensor = random(type, zeros, 5, shape.dims());
            requireRoundTrip(encoding, tensor, Quantization.NONE);
            if (zeros == 0.5) {
                for (Mask mask : patterns(shape)) {
                    requireRoundTrip(encoding, mask.applyTo(tensor, Quantization.NONE), Quantization.NONE);
                }
            }
        }
        if (type.bits() == 8) {
            DenseTensor tensor = random(type, 0.5, 6, shape.dims());
            requireRoundTrip(encoding, tensor, Quantization.perTensor(0x80, 1));
        }
    }

    /// Masks that follow 2:4, 1:4, 1:16, blocks and slices, along and across each axis.
    private static List<Mask> patterns(Shape shape) {
        List<Mask> masks = new ArrayList<>();
        Random random = new Random(9);
        Scores lots = lots(shape, random);
        for (int axis = 0; axis < shape.rank(); axis++) {
            Grid grid = Grid.along(shape, axis);
            for (SparsityPattern pattern : List.of(
                    new NofM(2, 4, grid),
                    new NofM(1, 4, grid),
                    new NofM(1, 16, grid),
                    new Block(2, 1, Pooling.AVERAGE, new Grid(1, grid.outer() * grid.rows(), grid.columns())),
                    new Block(3, 3, Pooling.AVERAGE, new Grid(1, grid.outer(), grid.rows() * grid.columns())),
                    new Block(1, 9, Pooling.AVERAGE, new Grid(1, grid.outer(), grid.rows() * grid.columns())),
                    new Slices(Pooling.L2, Slices.Axis.along(shape, axis)))) {
                Scores units = pattern.units(lots);
                masks.add(pattern.select(shape, lots, units, Cut.ofSmallest(List.of(units), units.count() * 3 / 4)));
            }
        }
        return masks;
    }

    private static Scores lots(Shape shape, Random random) {
        DenseTensor values = DenseTensor.zeros(ElementType.F32, shape);
        for (long i = 0; i < shape.elementCount(); i++) {
            values.setBits(i, Float.floatToRawIntBits(1 + random.nextFloat()));
        }
        return Magnitudes.of(values, Quantization.NONE, 31);
    }

    private static Optional<String> patternRefusal(
            SparseEncoding encoding, DenseTensor tensor, Quantization quantization) {
        boolean isForPatterns = encoding.equals(SparseEncodings.NOFM) || encoding.equals(SparseEncodings.BLOCKS);
        return isForPatterns && tensor.elementCount() > 0
                ? encoding.refusal(tensor, Mask.ofNonZeros(tensor, quantization), quantization)
                : Optional.empty();
    }

    private static void requireRoundTrip(SparseEncoding encoding, DenseTensor tensor, Quantization quantization) {
        if (patternRefusal(encoding, tensor, quantization).isPresent()) {
            assertThat(patternRefusal(encoding, tensor, quantization).get()).contains("pattern");
            return;
        }
        boolean isNever = encoding.equals(SparseEncodings.COO)
                ? tensor.elementCount() == 0 || tensor.shape().rank() == 0 || !quantization.isZeroAtZero()
                : encoding instanceof PackedEncoding && tensor.elementCount() == 0;
        Mask nonZeros = Mask.ofNonZeros(tensor, quantization);
        assertThat(encoding.refusal(tensor, nonZeros, quantization).isPresent()).isEqualTo(isNever);
        if (isNever) {
            return;
        }
        Encoded encoded = encoding.encode(tensor, nonZeros, quantization);
        assertThat(encoded.type()).isEqualTo(tensor.type());
        assertThat(encoded.shape()).isEqualTo(tensor.shape());
        assertThat(encoded.decode().data().mismatch(tensor.data())).isEqualTo(-1);
        if (encoded instanceof PackedTensor packed) {
            long bytes = packed.parts().values().stream()
                    .mapToLong(part -> part.data().byteSize())
                    .sum();
            long table = Optional.ofNullable(packed.program().constants().get("table"))
                    .map(found -> found.data().byteSize())
                    .orElse(0L);
            assertThat(encoding.encodedSize(tensor, nonZeros)).isEqualTo(bytes + table);
            assertThat(((PackedEncoding) encoding)
                            .programs(tensor.shape()).stream()
                                    .filter(program -> program.steps()
                                            .equals(packed.program().steps()))
                                    .flatMap(program -> ((PackedEncoding) encoding)
                                                    .complete(
                                                            tensor.shape(),
                                                            program,
                                                            packed.program().constants())
                                                    .stream()))
                    .anyMatch(complete -> isSame(complete, packed.program()));
            assertThat(((PackedEncoding) encoding).programs(tensor.shape()))
                    .extracting(DecodeProgram::steps)
                    .contains(packed.program().steps());
        }
    }

    private static boolean isSame(DecodeProgram a, DecodeProgram b) {
        return a.settings().isEmpty()
                && a.parts().equals(b.parts())
                && a.constants().keySet().equals(b.constants().keySet())
                && a.constants().keySet().stream()
                        .allMatch(name -> a.constant(name).isSameAs(b.constant(name)));
    }

    @Test
    void theEncodingsForPatternsFindThem() {
        Shape shape = Shape.of(24, 32, 3, 3);
        DenseTensor tensor = random(ElementType.F16, 0, 1, shape.dims());
        Scores lots = lots(shape, new Random(2));
        NofM groups = new NofM(2, 4, Grid.along(shape, 1));
        Mask mask = groups.select(shape, lots, groups.units(lots), new Cut(0, 0));
        GroupFit fit = GroupFit.of(mask, ElementType.F16).orElseThrow();
        assertThat(fit.codes()).hasToString("2:4");
        assertThat(fit.columns()).isEqualTo(9);
        long bitmap = SparseEncodings.BITMAP.encodedSize(tensor, mask);
        assertThat(SparseEncodings.NOFM.encodedSize(tensor, mask) - fit.codes().tableBytes())
                .isEqualTo(bitmap - 24 * 32 * 9 / 8 + 24 * 32 * 9 / 12);
        Block blocks = new Block(4, 9, Pooling.AVERAGE, new Grid(1, 24, 288));
        Scores units = blocks.units(lots);
        Mask whole = blocks.select(shape, lots, units, Cut.ofSmallest(List.of(units), 150));
        assertThat(BlockFit.of(whole)).hasValue(new BlockFit(24, 288, 4, 9));
        assertThat(SparseEncodings.BLOCKS.encodedSize(tensor, whole)).isEqualTo(192 / 8 + (1 + 42) * 36 * 2);
        // Zeros of their own in kept blocks are stored when the pattern is known.
        DenseTensor holed = whole.applyTo(tensor, Quantization.NONE);
        holed.setBits(whole.nextKept(100), 0);
        Mask nonZeros = Mask.ofNonZeros(holed, Quantization.NONE);
        assertThat(BlockFit.of(nonZeros)).isNotEqualTo(BlockFit.of(whole));
        assertThat(SparseEncodings.BLOCKS.stored(blocks, nonZeros)).isEqualTo(whole);
    }

    @Test
    void zeroPointsThatDifferAreNotPacked() {
        DenseTensor tensor = random(ElementType.U8, 0.5, 1, 2, 4);
        Quantization quantization = Quantization.perAxis(tensor.shape(), 0, new long[] {128, 127}, new double[] {1, 1});
        for (PackedEncoding encoding : SparseEncodings.PACKED) {
            assertThat(encoding.refusal(tensor, Mask.ofNonZeros(tensor, Quantization.NONE), quantization))
                    .isPresent();
        }
    }

    @Test
    void partsThatLieAreFoundOut() {
        Shape shape = Shape.of(10);
        DenseTensor zero = DenseTensor.of(Shape.of(1), 0);
        DenseTensor three = DenseTensor.of(Shape.of(3), 1, 2, 3);
        assertThat(gap(shape, three, zero, 0, 4, 5).defect()).isEmpty();
        assertThat(gap(shape, three, zero, 0, 4, 6).defect()).hasValue("its gaps lead to position 10 of 10");
        assertThat(gap(shape, three, zero, 3, 0, 5).defect()).hasValue("two of its values are for one position, 3");
        assertThat(gap(shape, three, zero, 0, 4).defect()).isPresent();
        assertThat(gap(shape, three, three, 0, 4, 5).defect()).isPresent();
        assertThat(gap(shape, three, DenseTensor.ofBits(ElementType.I8, Shape.of(1), 0), 0, 4, 5)
                        .defect())
                .isPresent();
        assertThat(gap(Shape.of(1L << 40), three, zero, 0, 4, 5).defect())
                .hasValueSatisfying(defect -> assertThat(defect).contains("too large"));
        // The bits after the last element do not count.
        assertThat(bitmap(shape, three, 0b101, 0b100).defect()).isEmpty();
        assertThat(bitmap(shape, three, 0b101, 0b10).defect()).isPresent();
        assertThat(bitmap(shape, three, 0b1, 0b110).defect()).isEmpty();
        assertThat(bitmap(shape, three, 0b101).defect()).isPresent();
        assertThat(bitmap(Shape.of(1L << 33), three, 0b101).defect()).isPresent();
    }

    private static PackedTensor gap(Shape shape, DenseTensor values, DenseTensor zero, long... gaps) {
        DenseTensor bytes = DenseTensor.ofBits(ElementType.U8, Shape.of(gaps.length), gaps);
        return new PackedTensor(
                SparseEncodings.GAP,
                shape,
                SparseEncodings.GAP.programs(shape).getFirst(),
                Map.of("gaps", bytes, "values", values, "zero", zero));
    }

    private static PackedTensor bitmap(Shape shape, DenseTensor values, long... bits) {
        DenseTensor bytes = DenseTensor.ofBits(ElementType.U8, Shape.of(bits.length, 1), bits);
        return new PackedTensor(
                SparseEncodings.BITMAP,
                shape,
                SparseEncodings.BITMAP.programs(shape).getFirst(),
                Map.of("bitmap", bytes, "values", values));
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void hasANameAndASummaryOfItsOwn(SparseEncoding encoding) {
        assertThat(SparseEncodings.named(encoding.name())).contains(encoding);
        assertThat(SparseEncodings.ALL.stream().map(SparseEncoding::summary)).doesNotHaveDuplicates();
    }

    @Test
    void cooCannotExpressAZeroPoint() {
        DenseTensor tensor = random(ElementType.U8, 0.5, 1, 4);
        assertThat(SparseEncodings.COO.refusal(
                        tensor, Mask.ofNonZeros(tensor, Quantization.NONE), Quantization.perTensor(128, 1)))
                .isPresent();
    }

    @Test
    void cooCountsTheBytesOfItsVarints() {
        DenseTensor tensor = DenseTensor.zeros(ElementType.F32, Shape.of(1 << 22));
        for (long i : new long[] {0, 127, 128, (1 << 14) - 1, 1 << 14, (1 << 21) - 1, 1 << 21}) {
            tensor.setBits(i, 1);
        }
        long size = SparseEncodings.COO.encodedSize(tensor, Mask.ofNonZeros(tensor, Quantization.NONE));
        assertThat(size).isEqualTo(7 * 4 + 1 + 1 + 2 + 2 + 3 + 3 + 4);
    }
}
