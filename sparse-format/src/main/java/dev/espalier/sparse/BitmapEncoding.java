package dev.espalier.sparse;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One bit for each element. Parts, for NNZ elements that are not zero:
///
/// - `bitmap` U8 [ceil(n / 8), 1]: bit i % 8, counted from the low end, of byte i / 8 says whether element i is stored.
/// - `values` [1 + NNZ]: the zero, then the elements.
///
/// Two shifts spread the bits of each byte; a running sum over them numbers the stored elements, the product of bit and
/// number is where `values` has each element: `GatherElements(values, bits * CumSum(bits))`, for which runtimes take a
/// tenth of the time that Gather takes for single elements.
record BitmapEncoding() implements PackedEncoding {
    // Made once: a reader of files asks for programs often.
    private static final DenseTensor LEFT = DenseTensor.ofBits(ElementType.U8, Shape.of(8), 7, 6, 5, 4, 3, 2, 1, 0);
    private static final DenseTensor RIGHT = DenseTensor.ofBits(ElementType.U8, Shape.of(), 7);
    private static final DenseTensor AXIS = DenseTensor.ofBits(ElementType.I64, Shape.of(), 0);
    private static final DenseTensor FLAT = DecodeProgram.integers(-1);
    private static final DenseTensor START = DecodeProgram.integers(0);

    @Override
    public String name() {
        return "bitmap";
    }

    @Override
    public String summary() {
        return "a bit for each element and the non-zero ones, decoded by standard operators";
    }

    /// BitShift, CumSum and GatherElements came with opset 11; the last and Reshape take BF16 from 13 on.
    @Override
    public int firstOpset(ElementType type) {
        return switch (type) {
            case F32, F64, F16, I8, U8 -> 11;
            case BF16 -> 13;
            default -> Integer.MAX_VALUE;
        };
    }

    @Override
    public List<DecodeProgram> programs(Shape shape) {
        return List.of(program(shape));
    }

    private static DecodeProgram program(Shape shape) {
        long count = shape.elementCount();
        return numberOnes(DecodeProgram.builder(), count % 8 != 0, Optional.of(count))
                .constant("shape", Shape.of(shape.rank()), shape.dims())
                .step("GatherElements", List.of("values", "indices"), "elements")
                .step("Reshape", List.of("elements", "shape"), DecodeProgram.RESULT)
                .build();
    }

    /// From `bitmap`, the steps that make `indices`: how many ones there are up to each that is one, 0 for the others.
    ///
    /// @param isTrimmed whether bits of the last byte stand for nothing
    /// @param count of the bits that stand for something; empty if it is a setting
    static DecodeProgram.Builder numberOnes(DecodeProgram.Builder program, boolean isTrimmed, Optional<Long> count) {
        program.constant("left", LEFT)
                .constant("right", RIGHT)
                .constant("axis", AXIS)
                .constant("flat", FLAT)
                .step("BitShift", List.of("bitmap", "left"), "shifted", new DecodeProgram.Text("direction", "LEFT"))
                .step("BitShift", List.of("shifted", "right"), "spread", new DecodeProgram.Text("direction", "RIGHT"))
                .step("Reshape", List.of("spread", "flat"), "bytes");
        if (isTrimmed) {
            program.constant("start", START)
                    .setting("end", count.map(DecodeProgram::integers))
                    .step("Slice", List.of("bytes", "start", "end"), "trimmed");
        }
        return program.step(
                        "Cast",
                        List.of(isTrimmed ? "trimmed" : "bytes"),
                        "bits",
                        new DecodeProgram.Type("to", ElementType.I32))
                .step("CumSum", List.of("bits", "axis"), "ranks")
                .step("Mul", List.of("bits", "ranks"), "indices");
    }

    @Override
    public long encodedSize(DenseTensor tensor, Mask nonZeros) {
        return Math.ceilDiv(tensor.elementCount(), 8L) + tensor.type().byteCount(1 + nonZeros.keptCount());
    }

    @Override
    public PackedTensor encode(DenseTensor tensor, Mask nonZeros, Quantization quantization) {
        Shape shape = tensor.shape();
        DenseTensor bitmap = DenseTensor.zeros(ElementType.U8, Shape.of(Math.ceilDiv(shape.elementCount(), 8L), 1));
        nonZeros.copyTo(bitmap.data());
        DenseTensor values = DenseTensor.zeros(tensor.type(), Shape.of(1 + nonZeros.keptCount()));
        values.setBits(0, quantization.zeroAt(0));
        long[] stored = {1};
        KeptElements.visit(tensor, nonZeros, (from, count, places, bits) -> {
            values.writeBits(stored[0], count, bits);
            stored[0] += count;
        });
        return new PackedTensor(this, shape, program(shape), Map.of("bitmap", bitmap, "values", values));
    }

    @Override
    public long zero(PackedTensor tensor) {
        return tensor.values().bitsAt(0);
    }

    @Override
    public Optional<String> defect(PackedTensor tensor) {
        DenseTensor bitmap = tensor.part("bitmap");
        DenseTensor values = tensor.values();
        long count = tensor.shape().elementCount();
        if (bitmap.type() != ElementType.U8 || !bitmap.shape().equals(Shape.of(Math.ceilDiv(count, 8L), 1))) {
            return Optional.of("a bitmap of " + bitmap.type() + " " + bitmap.shape() + " for " + count + " elements");
        }
        long kept = Mask.ofBits(tensor.shape(), bitmap.data()).keptCount();
        return values.shape().equals(Shape.of(1 + kept))
                ? Optional.empty()
                : Optional.of("its bitmap has " + kept + " ones, and its values, after the zero, are of shape "
                        + values.shape());
    }

    @Override
    public void decode(PackedTensor tensor, DenseTensor to) {
        KeptElements.scatter(
                tensor.values(),
                1,
                Mask.ofBits(tensor.shape(), tensor.part("bitmap").data()),
                to);
    }
}
