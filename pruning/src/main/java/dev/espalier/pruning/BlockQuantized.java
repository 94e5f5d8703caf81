package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Shape;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The zeros of weights with a zero point for each block of elements. What does not fit together has none.
final class BlockQuantized {
    private static final int BYTE = 8;

    /// Blocks longer than this are not known to exist.
    private static final long MOST_ELEMENTS = 1 << 20;

    private BlockQuantized() {}

    /// The weight of a node of ONNX Runtime's MatMulNBits, or of a DequantizeLinear with a `block_size`.
    static Optional<Survivor> weightOf(Node node) {
        long blockSize = node.intAttribute("block_size", 0);
        if (blockSize < 1 || blockSize > MOST_ELEMENTS) {
            return Optional.empty();
        }
        return switch (node.operator()) {
            case "MatMulNBits" -> transposed(node, blockSize);
            case "DequantizeLinear" -> dequantized(node, blockSize);
            default -> Optional.empty();
        };
    }

    /// MatMulNBits reads the transpose of its weight: U8 [N, blocks, bytes], the elements of a row one after
    /// the other, from the low bits up, the last block filled up. Zero is 2^(bits - 1), or what the fourth input
    /// has for the block, packed as elements are, each row in bytes of its own (ONNX Runtime's
    /// ContribOperators.md).
    private static Optional<Survivor> transposed(Node node, long blockSize) {
        long bits = node.intAttribute("bits", 4);
        long rows = node.intAttribute("N", 0);
        long columns = node.intAttribute("K", 0);
        if ((bits != 2 && bits != 4 && bits != BYTE) || rows < 1 || columns < 1) {
            return Optional.empty();
        }
        long blocks = Math.ceilDiv(columns, blockSize);
        DenseTensor elements = bytes(node.input(1), rows, blocks, Math.ceilDiv(blockSize * bits, BYTE));
        long pointBytes = Math.ceilDiv(blocks * bits, BYTE);
        DenseTensor points = bytes(node.input(3), rows, pointBytes);
        if (elements == null || (points == null && node.input(3).isPresent())) {
            return Optional.empty();
        }
        Mask mask = Mask.of(Shape.of(rows, columns), index -> {
            long row = index / columns;
            long column = index % columns;
            long zero = points == null
                    ? 1L << (bits - 1)
                    : partAt(points, row * pointBytes * BYTE / bits + column / blockSize, bits);
            return partAt(elements, row * blocks * blockSize + column, bits) != zero;
        });
        return Optional.of(new Survivor(node.input(1).orElseThrow().path(), mask, false));
    }

    /// The bytes of an input that has as many as these dimensions say.
    private static @Nullable DenseTensor bytes(Optional<Value> input, long... dims) {
        Constant constant = input.flatMap(Value::constant).orElse(null);
        if (constant == null) {
            return null;
        }
        boolean fits = constant.type() == ElementType.U8
                && constant.defects().isEmpty()
                && Shape.isValid(dims)
                && Shape.of(dims).elementCount() == constant.shape().elementCount();
        return fits ? constant.decode() : null;
    }

    /// Element `index` of bytes that hold several of so many bits.
    private static long partAt(DenseTensor bytes, long index, long bits) {
        return (bytes.bitsAt(index * bits / BYTE) >>> (index * bits % BYTE)) & ((1L << bits) - 1);
    }

    /// DequantizeLinear has zero points of the weight's shape, but along one axis one for each block.
    private static Optional<Survivor> dequantized(Node node, long blockSize) {
        Value weight = node.input(0).orElse(null);
        Constant stored = weight == null ? null : weight.constant().orElse(null);
        if (weight == null
                || stored == null
                || !stored.type().isInteger()
                || !stored.defects().isEmpty()) {
            return Optional.empty();
        }
        Shape shape = stored.shape();
        long axis = node.intAttribute("axis", 1);
        long along = axis < 0 ? axis + shape.rank() : axis;
        if (along < 0 || along >= shape.rank() || shape.elementCount() == 0) {
            return Optional.empty();
        }
        long length = shape.dim((int) along);
        long blocks = Math.ceilDiv(length, blockSize);
        Constant points = node.input(2).flatMap(Value::constant).orElse(null);
        boolean fits = points != null
                && points.type() == stored.type()
                && points.shape().elementCount() == shape.elementCount() / length * blocks;
        if (!fits && node.input(2).isPresent()) {
            return Optional.empty();
        }
        long inner = inner(shape, (int) along);
        DenseTensor elements = stored.decode();
        DenseTensor zeros = points == null ? null : points.decode();
        Mask mask = Mask.of(shape, index -> {
            long outer = index / inner / length;
            long block = index / inner % length / blockSize;
            long zero = zeros == null ? 0 : zeros.bitsAt((outer * blocks + block) * inner + index % inner);
            return elements.bitsAt(index) != zero;
        });
        return Optional.of(new Survivor(weight.path(), mask, stored.isSparse()));
    }

    /// How many elements stand between two that are neighbours along an axis.
    private static long inner(Shape shape, int axis) {
        long inner = 1;
        for (int i = axis + 1; i < shape.rank(); i++) {
            inner *= shape.dim(i);
        }
        return inner;
    }
}
