package dev.espalier.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MaskedTensorTest {
    private static final int PIECE = 4096;

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"U2", "I4", "F6E2M3", "U8", "F16", "F32", "F64"})
    void itsPiecesAreThoseOfThePrunedTensor(ElementType type) {
        Shape shape = Shape.of(5, 4099);
        Random random = new Random(2);
        long[] bits = random.longs(shape.elementCount()).toArray();
        DenseTensor tensor = DenseTensor.zeros(type, shape);
        tensor.writeBits(0, bits.length, bits);
        long[] zeros = {0, 3, 1, 2, 3};
        for (Quantization quantization : new Quantization[] {
            Quantization.NONE, Quantization.perAxis(shape, 0, zeros, new double[] {1, 1, 1, 1, 1})
        }) {
            for (int kept : new int[] {1, 7, 10}) {
                Mask mask = Mask.of(shape, i -> random.nextInt(10) < kept);
                DenseData masked = MaskedTensor.of(tensor, mask, quantization);
                DenseTensor pruned = mask.applyTo(tensor, quantization);
                assertThat(masked.decode().isSameAs(pruned)).isTrue();
                assertThat(masked.byteSize()).isEqualTo(pruned.data().byteSize());
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment buffer = arena.allocate(PIECE).fill((byte) 0x55);
                    for (long from = 0; from < masked.byteSize(); from += PIECE) {
                        int count = (int) Math.min(PIECE, masked.byteSize() - from);
                        MemorySegment piece = masked.piece(from, count, buffer);
                        assertThat(piece.mismatch(pruned.data().asSlice(from, count)))
                                .isEqualTo(-1);
                    }
                }
            }
        }
    }

    @Test
    void aMaskOfAnotherShapeIsRefused() {
        DenseTensor tensor = DenseTensor.zeros(ElementType.F32, Shape.of(3));
        assertThatThrownBy(() -> MaskedTensor.of(tensor, new MaskBuilder(Shape.of(4)).build(), Quantization.NONE))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
