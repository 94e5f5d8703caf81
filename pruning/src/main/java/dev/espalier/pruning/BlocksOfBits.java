package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.QuantizationSearch.Result;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import java.util.Arrays;
import java.util.Optional;

/// The weight of ONNX Runtime's MatMulNBits (ContribOperators.md), the transpose of what is multiplied by: U8 [N,
/// blocks,
/// bytes], the elements of a row one after the other, from the low bits up, the last block filled up. Zero is
/// `2^(bits - 1)`, or what the fourth input has for the block, packed as elements are, each row in bytes of its own.
final class BlocksOfBits {
    /// Blocks longer than this are not known to exist.
    private static final long MOST_ELEMENTS = 1 << 20;

    private static final int SCALES = 2;
    private static final int ZERO_POINTS = 3;
    private static final int GROUPS = 4;

    private BlocksOfBits() {}

    static Result of(WeightChain chain) {
        Node node = chain.node();
        long bits = node.intAttribute("bits", 4);
        long rows = node.intAttribute("N", 0);
        long columns = node.intAttribute("K", 0);
        long block = node.intAttribute("block_size", 0);
        ElementType type = bits == 2 ? ElementType.U2 : bits == 4 ? ElementType.U4 : ElementType.U8;
        if ((bits != 2 && bits != 4 && bits != 8)
                || block < 1
                || block > MOST_ELEMENTS
                || block * bits % 8 != 0
                || !Shape.isValid(rows, columns, block)
                || rows == 0
                || columns == 0) {
            return Result.refused("MatMulNBits has " + bits + " bits in blocks of " + block + ", which is not known");
        }
        if (!chain.isRead(node, chain.operand().input())) {
            return Result.refused("what MatMulNBits reads was made from it");
        }
        if (chain.input(node, GROUPS).isPresent()) {
            return Result.refused("MatMulNBits has its inputs in another order (g_idx), which cannot be pruned yet");
        }
        long blocks = Math.ceilDiv(columns, block);
        Constant stored = chain.origin().constant().orElseThrow();
        if (stored.type() != ElementType.U8 || stored.shape().elementCount() != rows * blocks * (block * bits / 8)) {
            return Result.refused("it is " + stored.type() + " " + stored.shape()
                    + ", which MatMulNBits does not read as " + rows + "x" + columns);
        }
        ElementLayout layout = new ElementLayout(type, Shape.of(rows, columns), blocks * block);
        Optional<long[]> zeros = zeroPoints(chain, type, rows, blocks);
        Optional<double[]> scales =
                chain.input(node, SCALES).flatMap(Value::constant).map(QuantizationSearch::numbers);
        if (zeros.isEmpty() || scales.isEmpty() || scales.get().length != rows * blocks) {
            return Result.refused("its zero points or scales are none that MatMulNBits is known to read");
        }
        return Result.of(layout, Quantization.perBlock(layout.shape(), 1, block, zeros.get(), scales.get()));
    }

    private static Optional<long[]> zeroPoints(WeightChain chain, ElementType type, long rows, long blocks) {
        int count = Math.toIntExact(rows * blocks);
        Optional<Value> input = chain.input(chain.node(), ZERO_POINTS);
        if (input.isEmpty()) {
            long[] middle = new long[count];
            Arrays.fill(middle, 1L << (type.bits() - 1));
            return Optional.of(middle);
        }
        long stride = Math.ceilDiv(blocks * type.bits(), 8L) * 8 / type.bits();
        return input.flatMap(Value::constant)
                .filter(points -> points.type() == ElementType.U8
                        && points.shape().elementCount() == type.byteCount(rows * stride))
                .map(points -> {
                    DenseTensor packed = points.decode();
                    ElementLayout layout = new ElementLayout(type, Shape.of(rows, blocks), stride);
                    long[] zeros = new long[count];
                    layout.read(packed).readBits(0, count, zeros);
                    return zeros;
                });
    }
}
