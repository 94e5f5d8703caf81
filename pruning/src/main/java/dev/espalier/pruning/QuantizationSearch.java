package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Finds how a weight's integers stand for numbers: from a DequantizeLinear on its way, or from the scale and zero
/// point inputs of a quantized operator.
final class QuantizationSearch {
    /// Either the quantization and where the elements are, or why there is none.
    record Result(Optional<ElementLayout> layout, Optional<Quantization> found, Optional<String> refusal) {
        static Result of(ElementLayout layout, Quantization quantization) {
            return new Result(Optional.of(layout), Optional.of(quantization), Optional.empty());
        }

        static Result refused(String why) {
            return new Result(Optional.empty(), Optional.empty(), Optional.of(why));
        }

        private Result and(Result other) {
            if (refusal.isPresent() || other.refusal.isPresent()) {
                return refusal.isPresent() ? this : other;
            }
            if (!layout.equals(other.layout)) {
                return refused("operators take its bytes for different elements");
            }
            return found.orElseThrow().hasZerosOf(other.found.orElseThrow())
                    ? this
                    : refused("operators read it with different zero points");
        }
    }

    private static final int MOST_CHANNELS = 1 << 26;

    private QuantizationSearch() {}

    /// What all ways to operators agree on.
    static Result of(List<WeightChain> chains) {
        return chains.stream().map(QuantizationSearch::of).reduce(Result::and).orElseThrow();
    }

    private static Result of(WeightChain chain) {
        Constant weight = chain.origin().constant().orElseThrow();
        ElementLayout layout = ElementLayout.of(weight);
        if (chain.operand().isPacked()) {
            return chain.node().operator().equals("MatMulNBits")
                    ? BlocksOfBits.of(chain)
                    : Result.refused(
                            "packed in the way of " + chain.node().operator() + ", which cannot be pruned yet");
        }
        if (weight.type().isFloat() && weight.type().bits() > Byte.SIZE) {
            return Result.of(layout, Quantization.NONE);
        }
        if (!weight.type().isInteger() && !weight.type().isFloat()) {
            return Result.refused("type " + weight.type());
        }
        for (Node node : chain.handedOnBy()) {
            if (node.operator().equals("DequantizeLinear")) {
                return dequantize(chain, node, layout);
            }
        }
        if (weight.type().isFloat()) {
            return Result.of(layout, Quantization.NONE);
        }
        if (!chain.operand().isQuantized()) {
            return WeightOperators.of(chain.node()).isPresent()
                    ? Result.of(layout, Quantization.NONE.ofUnknownScale())
                    : Result.refused("what " + chain.node().operator() + " takes its integers for is not known");
        }
        return quantized(chain, layout);
    }

    private static Result dequantize(WeightChain chain, Node node, ElementLayout layout) {
        Optional<Value> scale = chain.input(node, 1);
        if (scale.flatMap(Value::constant).isEmpty()) {
            return Result.refused("its scale is computed at run time");
        }
        Stored stored = new Stored(layout, node.intAttribute("axis", 1), chain.isRead(node, 0));
        return combine(scale, chain.input(node, 2), stored, node.intAttribute("block_size", 0));
    }

    /// @param axis along which scales and zero points may vary
    /// @param isDirect whether the axes are still those of the constant
    private record Stored(ElementLayout layout, long axis, boolean isDirect) {
        Optional<Integer> knownAxis() {
            int rank = layout.shape().rank();
            return isDirect && axis >= -rank && axis < rank
                    ? Optional.of((int) (axis < 0 ? axis + rank : axis))
                    : Optional.empty();
        }
    }

    private static Result quantized(WeightChain chain, ElementLayout layout) {
        Node node = chain.node();
        boolean direct = chain.handedOnBy().stream().allMatch(n -> n.isOperator("Identity"));
        boolean transposed = node.operator().equals("QGemm") && node.intAttribute("transB", 0) != 0;
        int axis = transposed ? 0 : chain.operand().axis();
        Optional<Value> zeroPoint = chain.input(node, chain.operand().zeroPoint());
        Optional<Value> scale = chain.operand().scale() < 0
                ? dynamicScale(node)
                : chain.input(node, chain.operand().scale());
        return combine(scale, zeroPoint, new Stored(layout, axis, direct), 0);
    }

    /// The weight's scale in what ONNX Runtime's dynamic quantization writes after an integer product: Cast, then
    /// Mul by the product of the activation's scale and the weight's.
    private static Optional<Value> dynamicScale(Node node) {
        return onlyReader(node)
                .filter(cast -> cast.isOperator("Cast"))
                .flatMap(cast -> onlyReader(cast)
                        .filter(mul -> mul.isOperator("Mul"))
                        .flatMap(mul -> otherInput(mul, cast.outputs().getFirst())))
                .flatMap(scales -> scales.constant().isPresent()
                        ? Optional.of(scales)
                        : scales.producer()
                                .filter(product -> product.isOperator("Mul"))
                                .flatMap(QuantizationSearch::constantInput));
    }

    private static Optional<Node> onlyReader(Node node) {
        List<Value> outputs = node.outputs();
        return outputs.size() == 1 && outputs.getFirst().uses().size() == 1
                ? outputs.getFirst().uses().stream().map(Use::node).findFirst()
                : Optional.empty();
    }

    private static Optional<Value> otherInput(Node node, Value one) {
        return node.input(0)
                .filter(value -> value != one)
                .or(() -> node.input(1).filter(value -> value != one));
    }

    private static Optional<Value> constantInput(Node node) {
        return node.input(0)
                .filter(v -> v.constant().isPresent())
                .or(() -> node.input(1).filter(v -> v.constant().isPresent()));
    }

    /// @param block how many elements along the axis share a scale and a zero point; 0 if all do
    private static Result combine(Optional<Value> scale, Optional<Value> zeroPoint, Stored stored, long block) {
        if (zeroPoint.isPresent() && zeroPoint.get().constant().isEmpty()) {
            return Result.refused("its zero point is computed at run time");
        }
        if (isTooMany(zeroPoint) || isTooMany(scale)) {
            return Result.refused("it has more scales or zero points than any axis is long");
        }
        long[] zeros =
                zeroPoint.flatMap(Value::constant).map(QuantizationSearch::bits).orElse(new long[] {0});
        double[] scales =
                scale.flatMap(Value::constant).map(QuantizationSearch::numbers).orElse(new double[] {1});
        Optional<Quantization> found = build(zeros, scales, stored, block);
        if (found.isEmpty()) {
            return Result.refused("quantized in a way that cannot be pruned yet (" + scales.length + " scales, "
                    + zeros.length + " zero points)");
        }
        boolean known = scale.flatMap(Value::constant).isPresent();
        return Result.of(stored.layout, known ? found.get() : found.get().ofUnknownScale());
    }

    private static boolean isTooMany(Optional<Value> value) {
        return value.flatMap(Value::constant)
                .filter(constant -> constant.shape().elementCount() > MOST_CHANNELS)
                .isPresent();
    }

    private static Optional<Quantization> build(long[] zeros, double[] scales, Stored stored, long block) {
        int count = Math.max(zeros.length, scales.length);
        if (zeros.length == 1 && scales.length == 1) {
            return Optional.of(Quantization.perTensor(zeros[0], scales[0]));
        }
        if (!fits(zeros.length, count) || !fits(scales.length, count)) {
            return Optional.empty();
        }
        Shape shape = stored.layout.shape();
        long[] allZeros = zeros.length == 1 ? filled(zeros[0], count) : zeros;
        double[] allScales = scales.length == 1 ? filled(scales[0], count) : scales;
        return stored.knownAxis().flatMap(axis -> {
            long length = shape.dim(axis);
            if (block <= 0) {
                return length == count
                        ? Optional.of(Quantization.perAxis(shape, axis, allZeros, allScales))
                        : Optional.empty();
            }
            return length > 0 && shape.elementCount() / length * Math.ceilDiv(length, block) == count
                    ? Optional.of(Quantization.perBlock(shape, axis, block, allZeros, allScales))
                    : Optional.empty();
        });
    }

    private static boolean fits(int length, int count) {
        return length == 1 || length == count;
    }

    private static long[] filled(long value, int count) {
        long[] all = new long[count];
        Arrays.fill(all, value);
        return all;
    }

    private static double[] filled(double value, int count) {
        double[] all = new double[count];
        Arrays.fill(all, value);
        return all;
    }

    private static long[] bits(Constant constant) {
        DenseTensor tensor = constant.decode();
        long[] bits = new long[Math.toIntExact(tensor.elementCount())];
        tensor.readBits(0, bits.length, bits);
        return bits;
    }

    static double[] numbers(Constant constant) {
        ElementType type = constant.type();
        return Arrays.stream(bits(constant))
                .mapToDouble(bits -> switch (type) {
                    case F32 -> Float.intBitsToFloat((int) bits);
                    case F64 -> Double.longBitsToDouble(bits);
                    case F16 -> Float.float16ToFloat((short) bits);
                    case BF16 -> Float.intBitsToFloat((int) bits << 16);
                    default -> 1;
                })
                .toArray();
    }
}
