package dev.espalier.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What is stored in fewer bits decodes to what was rounded, bit for bit.
final class NarrowEncodingTest {
    static Stream<Arguments> cases() {
        List<Shape> shapes = List.of(
                Shape.of(),
                Shape.of(8),
                Shape.of(12, 7),
                Shape.of(6, 4, 3, 3),
                Shape.of(2, 3, 4, 3, 2),
                Shape.of(3, 1, 1000));
        return Stream.of(ValueForm.values())
                .flatMap(form -> Stream.of(ElementType.F32, ElementType.F64)
                        .flatMap(type -> shapes.stream().map(shape -> Arguments.of(form, type, shape))));
    }

    /// A third of the rows, which every encoding can store, with some elements that round to zero.
    private static DenseTensor tensor(ElementType type, Shape shape) {
        Random random = new Random(3);
        DenseTensor tensor = DenseTensor.zeros(type, shape);
        long columns = shape.rank() == 0 ? 1 : shape.elementCount() / shape.dim(0);
        for (long i = 0; i < shape.elementCount(); i++) {
            if (i / columns % 3 == 0) {
                Rounded.set(tensor, i, random.nextGaussian() * (random.nextInt(9) == 0 ? 1e-9 : 1));
            }
        }
        return tensor;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decodesToWhatWasRounded(ValueForm form, ElementType type, Shape shape) {
        DenseTensor tensor = tensor(type, shape);
        Mask kept = Mask.ofNonZeros(tensor, Quantization.NONE);
        for (int axis = 0; axis < Math.max(1, shape.rank()); axis++) {
            Grid channels = shape.rank() == 0 ? new Grid(1, 1, 1) : Grid.along(shape, axis);
            Rounded rounded = Rounded.of(tensor, kept, form, channels).rounded().orElseThrow();
            assertThat(rounded.loss().largest())
                    .isLessThanOrEqualTo(form == ValueForm.F16 ? 0x1p-11 : 0.5 / 127 + 1e-6);
            assertThat(rounded.loss().rms()).isLessThanOrEqualTo(rounded.loss().largest());
            int seen = 0;
            for (PackedEncoding base : SparseEncodings.PACKED) {
                PackedEncoding encoding = base.of(rounded);
                Mask nonZeros = rounded.nonZeros();
                if (encoding.refusal(rounded.elements(), nonZeros, Quantization.NONE)
                        .isPresent()) {
                    continue;
                }
                seen++;
                PackedTensor packed = encoding.encode(rounded.elements(), nonZeros, Quantization.NONE);
                assertThat(packed.type()).isEqualTo(type);
                assertThat(packed.defect()).isEmpty();
                assertThat(packed.decode().isSameAs(rounded.elements())).isTrue();
                long bytes = packed.parts().values().stream()
                        .mapToLong(part -> part.data().byteSize())
                        .sum();
                long table = packed.program().constants().containsKey("table")
                        ? packed.program().constant("table").data().byteSize()
                        : 0;
                assertThat(encoding.encodedSize(rounded.elements(), nonZeros)).isEqualTo(bytes + table);
            }
            assertThat(seen).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void roundsToStepsOfEachChannel() {
        DenseTensor tensor = DenseTensor.of(Shape.of(2, 3), 127, -1.4f, 0, 0.254f, 0.001f, -0.005f);
        Mask kept = Mask.ofNonZeros(tensor, Quantization.NONE);
        Rounded rounded = Rounded.of(tensor, kept, ValueForm.I8, Grid.along(tensor.shape(), 0))
                .rounded()
                .orElseThrow();
        // 0.001 is half a step of 0.002, and ties go to the even step.
        assertThat(rounded.elements()
                        .isSameAs(DenseTensor.of(
                                Shape.of(2, 3), 127, -1, 0, 127 * (0.254f / 127), 0, -2 * (0.254f / 127))))
                .isTrue();
        assertThat(rounded.nonZeros().keptCount()).isEqualTo(4);
        assertThat(rounded.loss().largest()).isEqualTo(0.4 / 127, within(1e-8));
    }

    @ParameterizedTest
    @EnumSource(ValueForm.class)
    void refusesWhatItCannotRound(ValueForm form) {
        assertThat(refusal(form, Float.NaN, 1)).isEqualTo("it has NaN or infinite values");
        assertThat(refusal(form, Float.NEGATIVE_INFINITY, 1)).isEqualTo("it has NaN or infinite values");
        assertThat(refusal(form, 70_000, 1))
                .isEqualTo(form == ValueForm.F16 ? "its largest value, 70000.0, is beyond f16" : "");
        assertThat(refusal(form, 65_504, 1)).isEmpty();
        assertThat(refusal(form, Float.MIN_VALUE, 0)).isEmpty();
        DenseTensor bytes = DenseTensor.ofBits(ElementType.I8, Shape.of(1), 1);
        assertThat(Rounded.of(bytes, Mask.ofNonZeros(bytes, Quantization.NONE), form, new Grid(1, 1, 1))
                        .reason())
                .isEqualTo("values of type i8 are not narrowed to " + form);
    }

    private static String refusal(ValueForm form, float... values) {
        DenseTensor tensor = DenseTensor.of(Shape.of(values.length), values);
        return Rounded.of(tensor, Mask.ofNonZeros(tensor, Quantization.NONE), form, new Grid(1, 1, values.length))
                .reason();
    }

    @Test
    void aDoubleIsRoundedOnce() {
        // Just above the middle of two halves: by way of float it would be a tie, and go down.
        double value = 1 + 0x1p-11 + 0x1p-40;
        DenseTensor tensor = DenseTensor.zeros(ElementType.F64, Shape.of(1));
        Rounded.set(tensor, 0, value);
        Rounded rounded = Rounded.of(
                        tensor, Mask.ofNonZeros(tensor, Quantization.NONE), ValueForm.F16, new Grid(1, 1, 1))
                .rounded()
                .orElseThrow();
        assertThat(Rounded.real(rounded.elements(), 0)).isEqualTo(1 + 0x1p-10);
    }

    @Test
    void scalesThatLieAreFoundOut() {
        DenseTensor tensor = tensor(ElementType.F32, Shape.of(12, 7));
        Rounded rounded = Rounded.of(
                        tensor, Mask.ofNonZeros(tensor, Quantization.NONE), ValueForm.I8, Grid.along(tensor.shape(), 0))
                .rounded()
                .orElseThrow();
        PackedTensor packed =
                SparseEncodings.GAP.of(rounded).encode(rounded.elements(), rounded.nonZeros(), Quantization.NONE);
        assertThat(with(packed, "scales", DenseTensor.of(Shape.of(11, 1), new float[11]))
                        .defect())
                .hasValue("f32 11x1 scales for 12 channels");
        assertThat(with(packed, "scales", DenseTensor.of(Shape.of(12, 1), new float[12]))
                        .defect())
                .hasValue("a scale of 0.0");
        assertThat(with(packed, "values", packed.part("gaps")).defect()).hasValue("its narrow values are u8");
        assertThat(with(packed, "zero", DenseTensor.of(Shape.of(1), 1)).defect())
                .hasValue("its zero is not 0");
        assertThat(with(packed, "values", DenseTensor.zeros(ElementType.I8, Shape.of(3)))
                        .defect())
                .hasValueSatisfying(defect -> assertThat(defect).contains("gaps for values of shape 3"));
    }

    private static PackedTensor with(PackedTensor packed, String part, DenseTensor other) {
        Map<String, DenseTensor> parts = new HashMap<>(packed.parts());
        parts.put(part, other);
        return new PackedTensor(packed.encoding(), packed.shape(), packed.program(), parts);
    }
}
