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
    /// Either the quantization or why there is none.
    record Result(Optional<Quantization> found, Optional<String> refusal) {
        static Result of(Quantization quantization) {
            return new Result(Optional.of(quantization), Optional.empty());
        }

        static Result refused(String why) {
            return new Result(Optional.empty(), Optional.of(why));
        }
    }

    private static final int MOST_CHANNELS = 1 << 26;

    private QuantizationSearch() {}

    static Result of(WeightChain chain) {
        Constant weight = chain.origin().constant().orElseThrow();
        if (chain.operand().isPacked()) {
            return Result.refused("packed below 8 bits, which cannot be pruned yet");
        }
        if (weight.type().isFloat()) {
            return Result.of(Quantization.NONE);
        }
        if (!weight.type().isInteger()) {
            return Result.refused("type " + weight.type());
        }
        List<Node> passed = chain.handedOnBy();
        for (Node node : passed) {
            if (node.operator().equals("DequantizeLinear")) {
                boolean direct = node.input(0).orElse(null) == chain.origin();
                return dequantize(node, weight.shape(), direct);
            }
        }
        if (!chain.operand().isQuantized()) {
            return Result.of(Quantization.NONE.ofUnknownScale());
        }
        return quantized(chain, weight.shape());
    }

    private static Result dequantize(Node node, Shape shape, boolean direct) {
        if (node.intAttribute("block_size", 0) > 0) {
            return Result.refused("quantized per block, which cannot be pruned yet");
        }
        Optional<Value> scale = node.input(1);
        if (scale.flatMap(Value::constant).isEmpty()) {
            return Result.refused("its scale is computed at run time");
        }
        long axis = node.intAttribute("axis", 1);
        return combine(scale, node.input(2), shape, axis, direct);
    }

    private static Result quantized(WeightChain chain, Shape shape) {
        Node node = chain.node();
        boolean direct = chain.handedOnBy().stream().allMatch(n -> n.isOperator("Identity"));
        boolean transposed = node.operator().equals("QGemm") && node.intAttribute("transB", 0) != 0;
        int axis = transposed ? 0 : chain.operand().axis();
        Optional<Value> zeroPoint = chain.operand().zeroPoint() < 0
                ? Optional.empty()
                : node.input(chain.operand().zeroPoint());
        Optional<Value> scale = chain.operand().scale() < 0
                ? dynamicScale(node)
                : node.input(chain.operand().scale());
        return combine(scale, zeroPoint, shape, axis, direct);
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

    private static Result combine(
            Optional<Value> scale, Optional<Value> zeroPoint, Shape shape, long axis, boolean direct) {
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
        Optional<Quantization> found = build(zeros, scales, shape, axis, direct);
        if (found.isEmpty()) {
            return Result.refused("quantized in a way that cannot be pruned yet (" + scales.length + " scales, "
                    + zeros.length + " zero points)");
        }
        boolean known = scale.flatMap(Value::constant).isPresent();
        return Result.of(known ? found.get() : found.get().ofUnknownScale());
    }

    private static boolean isTooMany(Optional<Value> value) {
        return value.flatMap(Value::constant)
                .filter(constant -> constant.shape().elementCount() > MOST_CHANNELS)
                .isPresent();
    }

    private static Optional<Quantization> build(long[] zeros, double[] scales, Shape shape, long axis, boolean direct) {
        int count = Math.max(zeros.length, scales.length);
        if (zeros.length == 1 && scales.length == 1) {
            return Optional.of(Quantization.perTensor(zeros[0], scales[0]));
        }
        boolean hasAxis = axis >= -shape.rank() && axis < shape.rank();
        int along = hasAxis ? (int) (axis < 0 ? axis + shape.rank() : axis) : 0;
        if (!direct
                || !hasAxis
                || shape.dim(along) != count
                || !fits(zeros.length, count)
                || !fits(scales.length, count)) {
            return Optional.empty();
        }
        return Optional.of(Quantization.perAxis(
                shape,
                along,
                zeros.length == 1 ? filled(zeros[0], count) : zeros,
                scales.length == 1 ? filled(scales[0], count) : scales));
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

    private static double[] numbers(Constant constant) {
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
