package dev.espalier.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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

    @ParameterizedTest
    @MethodSource("encodings")
    void givesBackTheSameBits(SparseEncoding encoding) {
        for (ElementType type : List.of(
                ElementType.F32, ElementType.F64, ElementType.F16, ElementType.BF16, ElementType.I8, ElementType.U8)) {
            for (double zeros : new double[] {0, 0.5, 0.99, 1}) {
                DenseTensor tensor = random(type, zeros, 5, 13, 7, 3);
                Mask nonZeros = Mask.ofNonZeros(tensor, Quantization.NONE);
                assertThat(encoding.refusal(tensor, Quantization.NONE)).isEmpty();
                Encoded encoded = encoding.encode(tensor, nonZeros);
                assertThat(encoded.type()).isEqualTo(type);
                assertThat(encoded.shape()).isEqualTo(tensor.shape());
                assertThat(encoded.decode().data().mismatch(tensor.data())).isEqualTo(-1);
            }
        }
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
        assertThat(SparseEncodings.COO.refusal(tensor, Quantization.perTensor(128, 1)))
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
