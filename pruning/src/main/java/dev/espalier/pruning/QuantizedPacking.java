package dev.espalier.pruning;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DecodeProgram;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.PackedEncoding;
import dev.espalier.sparse.PackedTensor;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparseEncodings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The zeros of a packed weight that a quantizer went through: it takes the stored values for a tensor like any other,
/// and puts QuantizeLinear and DequantizeLinear between the nodes that decode it. With one zero point for all, these
/// change no zero, wherever they stand; without them the nodes are a [DecodeProgram].
final class QuantizedPacking {
    private static final Set<String> CONVERSIONS = Set.of("QuantizeLinear", "DequantizeLinear");

    private static final int MOST_DIMENSIONS = 64;

    /// A file may have them in a circle.
    private static final int MOST_CONVERSIONS = 16;

    private final DecodeProgram program;
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, DenseTensor> parts = new HashMap<>();

    /// The zero point that all conversions on the way have; -1 as long as none was met.
    private long zeroPoint = -1;

    private QuantizedPacking(DecodeProgram program) {
        this.program = program;
    }

    /// The weight of which this is the last of the nodes that decode it.
    static Optional<Survivor> weightOf(Node last) {
        Optional<Shape> shape = last.isOperator("Reshape") ? shapeOf(last) : Optional.empty();
        Optional<Value> result = last.output(0);
        if (shape.isEmpty() || result.isEmpty()) {
            return Optional.empty();
        }
        for (PackedEncoding encoding : SparseEncodings.PACKED) {
            for (DecodeProgram program : encoding.programs(shape.get())) {
                Optional<Mask> mask = new QuantizedPacking(program).nonZeros(result.get(), encoding, shape.get());
                if (mask.isPresent()) {
                    return Optional.of(new Survivor(result.get().path(), mask.get(), true));
                }
            }
        }
        return Optional.empty();
    }

    /// What every program ends with a Reshape to.
    private static Optional<Shape> shapeOf(Node last) {
        Constant constant = last.input(1).flatMap(Value::constant).orElse(null);
        if (constant == null
                || constant.type() != ElementType.I64
                || constant.shape().rank() != 1
                || constant.shape().elementCount() > MOST_DIMENSIONS) {
            return Optional.empty();
        }
        long[] dims = new long[(int) constant.shape().elementCount()];
        constant.decode().readBits(0, dims.length, dims);
        boolean isWhole = Shape.isValid(dims) && Shape.of(dims).elementCount() > 0;
        return isWhole ? Optional.of(Shape.of(dims)) : Optional.empty();
    }

    private Optional<Mask> nonZeros(Value result, PackedEncoding encoding, Shape shape) {
        values.put(DecodeProgram.RESULT, result);
        for (DecodeProgram.Step step : program.steps().reversed()) {
            if (!fits(step)) {
                return Optional.empty();
            }
        }
        for (String part : program.parts()) {
            if (!parts.containsKey(part) && !isStored(part)) {
                return Optional.empty();
            }
        }
        PackedTensor tensor = new PackedTensor(encoding, shape, program, parts);
        if (tensor.defect().isPresent() || encoding.zero(tensor) != Math.max(0, zeroPoint)) {
            return Optional.empty();
        }
        return Optional.of(Mask.ofNonZeros(tensor.decode(), tensor.quantization()));
    }

    private boolean isStored(String part) {
        Value value = values.get(part);
        Optional<Constant> constant =
                value == null ? Optional.empty() : converted(value).constant();
        constant.filter(stored -> stored.defects().isEmpty() && stored.type().isCountable())
                .ifPresent(stored -> parts.put(part, stored.decode()));
        return parts.containsKey(part);
    }

    private boolean fits(DecodeProgram.Step step) {
        Value output = values.get(step.output());
        Node node = output == null ? null : converted(output).producer().orElse(null);
        if (node == null
                || !node.isOperator(step.operator())
                || node.inputCount() != step.inputs().size()) {
            return false;
        }
        for (int i = 0; i < node.inputCount(); i++) {
            String name = step.inputs().get(i);
            Value input = node.input(i).orElse(null);
            if (input == null || values.getOrDefault(name, input) != input || !isExpected(name, input)) {
                return false;
            }
            values.put(name, input);
        }
        Set<String> named =
                step.arguments().stream().map(DecodeProgram.Argument::name).collect(Collectors.toSet());
        return step.arguments().stream().allMatch(argument -> fits(argument, node))
                && node.attributes().stream().allMatch(other -> named.contains(other.name()) || isDefault(other));
    }

    /// Of the operators that decode, one that is not 0 or none has another meaning; a cast's `saturate` is of no
    /// account.
    private static boolean isDefault(Attribute attribute) {
        return switch (attribute) {
            case Attribute.Int(String name, long value) -> value == 0 || name.equals("saturate");
            case Attribute.Text(String name, String value) -> value.equals("none");
            default -> false;
        };
    }

    /// Whether it is what the program brings along, if that is what the name stands for.
    private boolean isExpected(String name, Value input) {
        DenseTensor expected = program.constants().get(name);
        return expected == null
                || input.constant()
                        .filter(constant -> constant.type() == expected.type()
                                && constant.shape().equals(expected.shape())
                                && constant.decode().isSameAs(expected))
                        .isPresent();
    }

    private boolean fits(DecodeProgram.Argument argument, Node node) {
        Attribute attribute = node.attribute(argument.name()).orElse(null);
        return switch (argument) {
            case DecodeProgram.Text text ->
                attribute instanceof Attribute.Text(String name, String value) && value.equals(text.value());
            // A cast to anything but the type of a position would not load.
            case DecodeProgram.Type type -> attribute instanceof Attribute.Int;
            case DecodeProgram.Int integer ->
                attribute instanceof Attribute.Int(String name, long value) && value == integer.value();
            case DecodeProgram.Ints integers ->
                attribute instanceof Attribute.Ints(String name, List<Long> values) && values.equals(integers.values());
            case DecodeProgram.Part part -> {
                if (attribute instanceof Attribute.Tensor(String name, Constant constant)
                        && constant.type().isCountable()
                        && constant.defects().isEmpty()) {
                    parts.put(part.part(), constant.decode());
                }
                yield parts.containsKey(part.part());
            }
        };
    }

    /// What a value is but for quantization on the way.
    private Value converted(Value value) {
        Value at = value;
        for (int i = 0; i < MOST_CONVERSIONS; i++) {
            Node node = at.producer().orElse(null);
            Value before = node == null ? null : node.input(0).orElse(null);
            if (node == null || before == null || !CONVERSIONS.contains(node.operator())) {
                return at;
            }
            long zero = zeroPointOf(node);
            if (zero < 0 || (zeroPoint >= 0 && zero != zeroPoint)) {
                return at;
            }
            zeroPoint = zero;
            at = before;
        }
        return at;
    }

    /// Its zero point as bits; -1 if there are several, or none that is known.
    private static long zeroPointOf(Node node) {
        if (node.input(2).isEmpty()) {
            return 0;
        }
        return node.input(2)
                .flatMap(Value::constant)
                .filter(constant ->
                        constant.type().bits() == Byte.SIZE && constant.shape().elementCount() == 1)
                .map(constant -> constant.decode().bitsAt(0))
                .orElse(-1L);
    }
}
