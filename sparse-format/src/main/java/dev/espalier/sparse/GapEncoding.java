package dev.espalier.sparse;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One byte for the distance to the next non-zero element. Parts, for M entries:
///
/// - `gaps` U8 [M]: entry k lies `gaps[k]` elements after entry k-1, the first one that far after element 0. Where the
///   distance exceeds 255, entries of 255 that stand for a zero come between. There is always an entry.
/// - `values` [M]: the elements.
/// - `zero` [1]: what all other elements are.
///
/// `ScatterElements(ConstantOfShape(n, zero), CumSum(Cast(gaps)), values)`, reshaped.
record GapEncoding() implements PackedEncoding {
    private static final int LONGEST = 255;
    private static final int BLOCK = 4096;
    private static final DenseTensor AXIS = DenseTensor.ofBits(ElementType.I64, Shape.of(), 0);

    @Override
    public String name() {
        return "gap";
    }

    @Override
    public String summary() {
        return "a byte for the distance between non-zero elements, decoded by standard operators";
    }

    /// CumSum and ScatterElements came with opset 11; with BF16, ScatterElements with 13 and ConstantOfShape with 20.
    @Override
    public int firstOpset(ElementType type) {
        return switch (type) {
            case F32, F64, F16, I8, U8 -> 11;
            case BF16 -> 20;
            default -> Integer.MAX_VALUE;
        };
    }

    @Override
    public List<DecodeProgram> programs(Shape shape) {
        return List.of(program(shape));
    }

    private static DecodeProgram program(Shape shape) {
        return DecodeProgram.builder()
                .constant("axis", AXIS)
                .constant("length", Shape.of(1), shape.elementCount())
                .constant("shape", Shape.of(shape.rank()), shape.dims())
                .step("Cast", List.of("gaps"), "distances", new DecodeProgram.Type("to", ElementType.I32))
                .step("CumSum", List.of("distances", "axis"), "positions")
                .step("ConstantOfShape", List.of("length"), "zeros", new DecodeProgram.Part("value", "zero"))
                .step("ScatterElements", List.of("zeros", "positions", "values"), "elements")
                .step("Reshape", List.of("elements", "shape"), DecodeProgram.RESULT)
                .build();
    }

    @Override
    public long encodedSize(DenseTensor tensor, Mask nonZeros) {
        return (1 + tensor.type().bits() / 8) * entries(nonZeros)
                + tensor.type().bits() / 8;
    }

    private static long entries(Mask nonZeros) {
        // Within 64 elements no gap is too long, so that only those between words can take more entries.
        long entries = nonZeros.keptCount();
        long last = 0;
        long count = nonZeros.shape().elementCount();
        for (long from = 0; from < count; from += 64) {
            long word = nonZeros.word(from, (int) Math.min(64, count - from));
            if (word != 0) {
                long gap = from + Long.numberOfTrailingZeros(word) - last;
                entries += gap <= LONGEST ? 0 : Math.ceilDiv(gap, LONGEST) - 1;
                last = from + 63 - Long.numberOfLeadingZeros(word);
            }
        }
        return Math.max(1, entries);
    }

    @Override
    public PackedTensor encode(DenseTensor tensor, Mask nonZeros, Quantization quantization) {
        Shape entries = Shape.of(entries(nonZeros));
        DenseTensor gaps = DenseTensor.zeros(ElementType.U8, entries);
        DenseTensor values = DenseTensor.zeros(tensor.type(), entries);
        DenseTensor zero = DenseTensor.ofBits(tensor.type(), Shape.of(1), quantization.zeroAt(0));
        long filling = quantization.zeroAt(0);
        try (TensorAppender distances = new TensorAppender(gaps);
                TensorAppender elements = new TensorAppender(values)) {
            long[] last = {0};
            long[] gap = new long[BLOCK];
            KeptElements.visit(tensor, nonZeros, (from, count, places, bits) -> {
                long longest = gaps(from - last[0], count, places, gap);
                last[0] = from + places[count - 1];
                if (longest <= LONGEST) {
                    distances.put(gap, count);
                    elements.put(bits, count);
                    return;
                }
                for (int k = 0; k < count; k++) {
                    for (; gap[k] > LONGEST; gap[k] -= LONGEST) {
                        distances.put(LONGEST);
                        elements.put(filling);
                    }
                    distances.put(gap[k]);
                    elements.put(bits[k]);
                }
            });
            if (distances.isEmpty()) {
                distances.put(0);
                elements.put(filling);
            }
        }
        return new PackedTensor(
                this, tensor.shape(), program(tensor.shape()), Map.of("gaps", gaps, "values", values, "zero", zero));
    }

    /// Says how far each place is from the one before it.
    ///
    /// @param before how far the start of the block is from the last place
    /// @return the longest of the ways
    private static long gaps(long before, int count, int[] places, long[] to) {
        to[0] = before + places[0];
        long longest = to[0];
        for (int k = 1; k < count; k++) {
            to[k] = (long) places[k] - places[k - 1];
            longest = Math.max(longest, to[k]);
        }
        return longest;
    }

    @Override
    public long zero(PackedTensor tensor) {
        return tensor.part("zero").bitsAt(0);
    }

    @Override
    public Optional<String> defect(PackedTensor tensor) {
        DenseTensor gaps = tensor.part("gaps");
        DenseTensor values = tensor.values();
        DenseTensor zero = tensor.part("zero");
        if (zero.type() != values.type() || !zero.shape().equals(Shape.of(1))) {
            return Optional.of("its zero is " + zero.type() + " " + zero.shape() + ", its values are " + values.type());
        }
        if (gaps.type() != ElementType.U8
                || gaps.shape().rank() != 1
                || !gaps.shape().equals(values.shape())) {
            return Optional.of(gaps.type() + " " + gaps.shape() + " gaps for values of shape " + values.shape());
        }
        long at = 0;
        long[] block = new long[BLOCK];
        for (long from = 0; from < gaps.elementCount(); from += BLOCK) {
            int count = (int) Math.min(BLOCK, gaps.elementCount() - from);
            gaps.readBits(from, count, block);
            for (int i = 0; i < count; i++) {
                if (block[i] == 0 && from + i > 0) {
                    return Optional.of("two of its values are for one position, " + at);
                }
                at += block[i];
            }
        }
        return at < tensor.shape().elementCount()
                ? Optional.empty()
                : Optional.of("its gaps lead to position " + at + " of "
                        + tensor.shape().elementCount());
    }

    @Override
    public void decode(PackedTensor tensor, DenseTensor to) {
        DenseTensor gaps = tensor.part("gaps");
        DenseTensor values = tensor.values();
        long at = 0;
        long[] gapBlock = new long[BLOCK];
        long[] valueBlock = new long[BLOCK];
        for (long from = 0; from < values.elementCount(); from += BLOCK) {
            int count = (int) Math.min(BLOCK, values.elementCount() - from);
            gaps.readBits(from, count, gapBlock);
            values.readBits(from, count, valueBlock);
            for (int i = 0; i < count; i++) {
                at += gapBlock[i];
                to.setBits(at, valueBlock[i]);
            }
        }
    }
}
