package dev.espalier.onnx;

import static dev.espalier.onnx.PackedModels.pack;
import static dev.espalier.onnx.PackedModels.w;
import static dev.espalier.onnx.PackedModels.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.PackedEncoding;
import dev.espalier.sparse.PackedTensor;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparseEncodings;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Packed weights of which the parts do not fit together: read, but not decoded.
final class PackedLiesTest {
    @TempDir
    private Path folder;

    static Stream<PackedEncoding> encodings() {
        return SparseEncodings.PACKED.stream();
    }

    private static Model read(byte[] bytes) {
        return OnnxReader.read(ByteBuffer.wrap(bytes));
    }

    private static PackedTensor gap(Shape shape, DenseTensor values, DenseTensor zero, long... gaps) {
        DenseTensor bytes = DenseTensor.ofBits(ElementType.U8, Shape.of(gaps.length), gaps);
        return new PackedTensor(
                SparseEncodings.GAP,
                shape,
                SparseEncodings.GAP.programs(shape).getFirst(),
                Map.of("gaps", bytes, "values", values, "zero", zero));
    }

    private static PackedTensor bitmap(Shape shape, DenseTensor values, DenseTensor bitmap) {
        return new PackedTensor(
                SparseEncodings.BITMAP,
                shape,
                SparseEncodings.BITMAP.programs(shape).getFirst(),
                Map.of("bitmap", bitmap, "values", values));
    }

    private static DenseTensor bits(long... bytes) {
        return DenseTensor.ofBits(ElementType.U8, Shape.of(bytes.length, 1), bytes);
    }

    static Stream<Arguments> lies() {
        Shape ten = Shape.of(10);
        Shape huge = Shape.of(1L << 20, 1L << 20);
        DenseTensor zero = DenseTensor.of(Shape.of(1), 0);
        DenseTensor three = DenseTensor.of(Shape.of(3), 1, 2, 3);
        DenseTensor flat = DenseTensor.ofBits(ElementType.U8, Shape.of(2), 0b101, 0b10);
        DenseTensor ints = DenseTensor.ofBits(ElementType.I32, Shape.of(3), 1, 2, 3);
        return Stream.of(
                Arguments.of(gap(ten, three, zero, 0, 4, 6), "its gaps lead to position 10 of 10"),
                Arguments.of(gap(ten, three, zero, 255, 255, 255), "its gaps lead to position 765 of 10"),
                Arguments.of(gap(ten, three, zero, 3, 0, 5), "two of its values are for one position, 3"),
                Arguments.of(gap(ten, three, zero, 0, 4), "u8 2 gaps for values of shape 3"),
                Arguments.of(gap(ten, three, three, 0, 4, 5), "its zero is f32 3, its values are f32"),
                Arguments.of(
                        gap(ten, three, DenseTensor.ofBits(ElementType.I8, Shape.of(1), 0), 0, 4, 5),
                        "its zero is i8 1, its values are f32"),
                Arguments.of(gap(huge, three, zero, 0, 4, 5), "f32 1048576x1048576 is too large to decode"),
                Arguments.of(
                        gap(ten, ints, DenseTensor.ofBits(ElementType.I32, Shape.of(1), 0), 0, 4, 5),
                        "its values are i32"),
                Arguments.of(
                        bitmap(ten, three, bits(0b101, 0b10)),
                        "its bitmap has 3 ones, and its values, after the zero, are of shape 3"),
                Arguments.of(
                        bitmap(ten, three, bits(0b1, 0b100)),
                        "its bitmap has 1 ones, and its values, after the zero, are of shape 3"),
                Arguments.of(bitmap(ten, three, bits(0b101)), "a bitmap of u8 1x1 for 10 elements"),
                Arguments.of(bitmap(ten, three, flat), "a bitmap of u8 2 for 10 elements"),
                Arguments.of(bitmap(huge, three, bits(0b101)), "f32 1048576x1048576 is too large to decode"),
                Arguments.of(bitmap(ten, ints, bits(0b101)), "its values are i32"));
    }

    @ParameterizedTest
    @MethodSource("lies")
    void thatLiesIsReadButNotDecoded(PackedTensor lie, String defect) throws IOException {
        Model model = ModelBuilder.opset(17)
                .initializer("w", lie)
                .node("Identity", List.of("w"), List.of("y"))
                .output("y", lie.type())
                .build();
        Constant constant = w(model.graph()).constant().orElseThrow();
        assertThat(constant.shape()).isEqualTo(lie.shape());
        assertThat(constant.defects()).containsExactly(defect);
        assertThatThrownBy(constant::decode)
                .isInstanceOf(OnnxFormatException.class)
                .hasMessage("a tensor packed as " + lie.encoding().name() + " cannot be decoded: " + defect);
        assertThat(w(model.graph()).storedSize()).isLessThan(2000);
        byte[] file = written(model, folder);
        assertThat(written(read(file), folder)).isEqualTo(file);
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void anyByteOfItsPartsMayBeWrong(PackedEncoding encoding) {
        byte[] file = ModelBuilder.opset(17)
                .initializer(
                        "w",
                        pack(DenseTensor.of(Shape.of(4, 4), 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0), encoding))
                .node("Identity", List.of("w"), List.of("y"))
                .output("y", ElementType.F32, 4, 4)
                .toBytes();
        IntStream.range(0, file.length * 8).forEach(bit -> {
            byte[] damaged = file.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                for (Value value : read(damaged).graph().initializers()) {
                    Constant constant = value.constant().orElseThrow();
                    if (constant.type().isCountable() && constant.defects().isEmpty()) {
                        DenseTensor decoded = constant.decode();
                        assertThat(decoded.data().byteSize()).isLessThan(1 << 16);
                        decoded.data().toArray(ValueLayout.JAVA_BYTE);
                    }
                }
            } catch (OnnxFormatException | ExternalDataException e) {
                assertThat(e.what()).isNotEmpty();
            }
        });
    }
}
