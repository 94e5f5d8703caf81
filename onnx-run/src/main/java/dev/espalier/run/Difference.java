package dev.espalier.run;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// How far the outputs of two models are apart on the same random inputs.
///
/// @param absolute the largest difference of two elements; infinite if outputs have different shapes or only
///     one is NaN
/// @param relative the largest of these divided by the largest magnitude of the output that it is in
/// @param outputs how many outputs were compared
/// @param elements how many elements
/// @param precision the relative step between two neighbouring numbers of the coarsest type that occurs
/// @param step the largest distance of two neighbouring numbers of an output that is dequantized; 0 if none is
/// @param choices how many nodes that choose, as TopK does, gave both the same choice, so that what they choose from
///     was compared as well; 0 if each model chose by itself
public record Difference(
        double absolute, double relative, int outputs, long elements, double precision, double step, int choices) {
    private static final double F32 = 0x1p-23;

    /// How many steps rounding in another order may make; deep networks make some hundred.
    private static final int MOST_STEPS = 1000;

    /// Whether rounding explains it: relative to the largest number of the output, or, where a function such
    /// as Sigmoid squeezes large numbers into small ones, to 1. Before a number is quantized, rounding may move it
    /// across the middle between two quantized ones: then an output differs by one step.
    public boolean isRounding() {
        return relative <= MOST_STEPS * precision
                || absolute <= 10 * precision
                || absolute <= step * (1 + MOST_STEPS * precision);
    }

    /// Runs both models.
    ///
    /// @param graph the main graph of either, for its inputs
    /// @param seed of the inputs
    /// @throws ModelRunException if the runtime refuses one of them, or no random inputs fit
    public static Difference between(Path one, Path other, Graph graph, long seed) throws ModelRunException {
        try (OrtModel first = OrtModel.load(one);
                OrtModel second = OrtModel.load(other)) {
            return onInputsThatFit(graph, seed, inputs -> of(first.run(inputs), second.run(inputs)))
                    .withStep(largestStep(graph));
        }
    }

    /// What comes of two models' runs on the same inputs.
    interface Comparison {
        /// @param inputs by name; closed afterwards
        Difference on(Map<String, OnnxTensor> inputs) throws ModelRunException;
    }

    /// Makes a comparison on the first random inputs that the models take.
    ///
    /// @param graph for its inputs
    /// @throws ModelRunException why the first do not fit, if none do; or that a run did not end
    static Difference onInputsThatFit(Graph graph, long seed, Comparison comparison) throws ModelRunException {
        ModelRunException refusal = null;
        for (RandomInputs.Guess guess : RandomInputs.TELLING) {
            Map<String, OnnxTensor> inputs = new RandomInputs(seed, guess).of(graph);
            try {
                return comparison.on(inputs);
            } catch (ModelRunException e) {
                if (e.isUnended()) {
                    throw e;
                }
                refusal = refusal == null ? e : refusal;
            } finally {
                inputs.values().forEach(OnnxTensor::close);
            }
        }
        throw refusal == null ? new ModelRunException("there are no inputs to try") : refusal;
    }

    /// Between outputs of the same names.
    static Difference of(Map<String, Output> one, Map<String, Output> other) {
        Difference all = none();
        for (Map.Entry<String, Output> entry : one.entrySet()) {
            Output match = other.get(entry.getKey());
            all = all.and(match == null ? worst() : of(entry.getValue(), match));
        }
        return all;
    }

    private static Difference none() {
        return new Difference(0, 0, 0, 0, 0, 0, 0);
    }

    private static double precision(OnnxJavaType type) {
        return switch (type) {
            case FLOAT16 -> 0x1p-10;
            case BFLOAT16 -> 0x1p-7;
            // What is computed in f32 may be given out in another type.
            default -> F32;
        };
    }

    private static Difference worst() {
        return new Difference(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 1, 0, 0, 0, 0);
    }

    private Difference and(Difference more) {
        return new Difference(
                Math.max(absolute, more.absolute),
                Math.max(relative, more.relative),
                outputs + more.outputs,
                elements + more.elements,
                Math.max(precision, more.precision),
                Math.max(step, more.step),
                Math.max(choices, more.choices));
    }

    private Difference withStep(double largest) {
        return new Difference(absolute, relative, outputs, elements, precision, largest, choices);
    }

    /// The same where so many choices were given.
    Difference withChoices(int count) {
        return new Difference(absolute, relative, outputs, elements, precision, step, count);
    }

    /// The largest scale of the DequantizeLinear nodes that make outputs of the graph.
    private static double largestStep(Graph graph) {
        return graph.outputs().stream()
                .flatMap(output -> output.producer().stream())
                .filter(node -> node.isOperator("DequantizeLinear"))
                .flatMap(node -> node.input(1).flatMap(Value::constant).stream())
                .filter(scale ->
                        scale.type() == ElementType.F32 && scale.defects().isEmpty())
                .mapToDouble(scale -> largest(scale.decode()))
                .max()
                .orElse(0);
    }

    private static double largest(DenseTensor scales) {
        return LongStream.range(0, scales.elementCount())
                .mapToDouble(i -> Float.intBitsToFloat((int) scales.bitsAt(i)))
                .max()
                .orElse(0);
    }

    private static Difference of(Output one, Output other) {
        if (one instanceof Output.Numbers a && other instanceof Output.Numbers b) {
            return Arrays.equals(a.shape(), b.shape()) ? of(numbers(a), numbers(b), precision(a.type())) : worst();
        }
        if (one instanceof Output.Several(List<Output> some) && other instanceof Output.Several(List<Output> others)) {
            Difference all = some.size() == others.size() ? none() : worst();
            for (int i = 0; i < Math.min(some.size(), others.size()); i++) {
                all = all.and(of(some.get(i), others.get(i)));
            }
            return all;
        }
        return one.equals(other) ? new Difference(0, 0, 1, 1, 0, 0, 0) : worst();
    }

    private static Difference of(double[] one, double[] other, double precision) {
        double absolute = 0;
        double largest = 0;
        for (int i = 0; i < one.length; i++) {
            boolean isSame = one[i] == other[i] || (Double.isNaN(one[i]) && Double.isNaN(other[i]));
            double distance = isSame ? 0 : Math.abs(one[i] - other[i]);
            absolute = Math.max(absolute, Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance);
            largest = Double.isFinite(one[i]) ? Math.max(largest, Math.abs(one[i])) : largest;
        }
        return new Difference(absolute, absolute == 0 ? 0 : absolute / largest, 1, one.length, precision, 0, 0);
    }

    private static double[] numbers(Output.Numbers output) {
        ByteBuffer bytes = output.bytes().order(ByteOrder.nativeOrder());
        int width = width(output.type());
        double[] numbers = new double[bytes.remaining() / width];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = switch (output.type()) {
                case FLOAT -> bytes.getFloat(i * width);
                case DOUBLE -> bytes.getDouble(i * width);
                case FLOAT16 -> Float.float16ToFloat(bytes.getShort(i * width));
                case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort(i * width) << 16);
                case INT64 -> bytes.getLong(i * width);
                case INT32 -> bytes.getInt(i * width);
                case INT16 -> bytes.getShort(i * width);
                default -> bytes.get(i);
            };
        }
        return numbers;
    }

    private static int width(OnnxJavaType type) {
        return switch (type) {
            case DOUBLE, INT64 -> 8;
            case FLOAT, INT32 -> 4;
            case FLOAT16, BFLOAT16, INT16 -> 2;
            default -> 1;
        };
    }
}
