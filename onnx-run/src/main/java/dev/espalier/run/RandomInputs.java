package dev.espalier.run;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.espalier.onnx.Dimension;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Value;
import dev.espalier.onnx.ValueType;
import dev.espalier.sparse.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Inputs of the declared types, from a seed. Floats are between -1 and 1, booleans either, integers below 2. A
/// declared type does not say which sizes a model takes: there is a list of [#GUESSES] to try.
public final class RandomInputs {
    /// Sizes for dimensions that are not fixed. The first dimension is mostly the batch, and always 1.
    ///
    /// @param free size of the others
    /// @param isLoneFreeOne whether an only free dimension among fixed ones is a batch too, and 1: the state of a
    ///     recurrent model is often [2, batch, 128]
    /// @param batch size of a first dimension that is free
    public record Guess(int free, boolean isLoneFreeOne, int batch) {
        /// The same with another batch.
        public Guess withBatch(int other) {
            return new Guess(free, isLoneFreeOne, other);
        }

        /// Guesses for another run of a model that takes this one, as different as possible first.
        List<Guess> others() {
            return Stream.of(batch + 1, batch)
                    .flatMap(other -> Stream.of(free + 3, free + 1, 2 * free, 2 * free + 32, free)
                            .map(size -> new Guess(size, isLoneFreeOne, other)))
                    .filter(guess -> !guess.equals(this))
                    .toList();
        }
    }

    /// In the order in which to try them: the likely and the small ones first.
    public static final List<Guess> GUESSES = Stream.of(false, true)
            .flatMap(lone ->
                    Stream.of(1, 2, 8, 16, 32, 64, 128, 224, 256, 320, 512, 640).map(free -> new Guess(free, lone, 1)))
            .toList();

    /// In the order for comparing what two models compute: those first that give an attention several places to look
    /// at, and a convolution more than its padding.
    static final List<Guess> TELLING = Stream.of(
                    Stream.of(16, 8).map(free -> new Guess(free, false, 1)), GUESSES.stream())
            .flatMap(guesses -> guesses)
            .distinct()
            .toList();

    private static final long MOST_ELEMENTS = 1 << 26;

    private final SplittableRandom random;
    private final Guess guess;

    /// Inputs for one guess.
    public RandomInputs(long seed, Guess guess) {
        this.random = new SplittableRandom(seed);
        this.guess = guess;
    }

    /// One tensor for each input that has no default.
    ///
    /// @throws ModelRunException if an input is not a tensor of numbers, booleans or strings
    public Map<String, OnnxTensor> of(Graph graph) throws ModelRunException {
        return of(graph, Map.of());
    }

    /// The same where some shapes are known.
    ///
    /// @param shapes by name of the input; a name that is no input's says nothing
    /// @throws ModelRunException if an input is not a tensor of numbers, booleans or strings
    public Map<String, OnnxTensor> of(Graph graph, Map<String, List<Long>> shapes) throws ModelRunException {
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        for (Value input : graph.inputs()) {
            if (!input.isInitializer()) {
                inputs.put(input.name(), tensor(input, shapes.get(input.name())));
            }
        }
        return inputs;
    }

    private OnnxTensor tensor(Value input, @Nullable List<Long> known) throws ModelRunException {
        if (!(input.type() instanceof ValueType.Tensor(ElementType type, var dims)) || dims == null) {
            throw new ModelRunException("no random value for input '" + input.name() + "' of type " + input.type());
        }
        long[] shape = known == null
                ? shape(dims)
                : known.stream().mapToLong(dim -> dim).toArray();
        long count = 1;
        for (long dim : shape) {
            count *= dim;
        }
        if (count > MOST_ELEMENTS) {
            throw new ModelRunException("input '" + input.name() + "' would have " + count + " elements");
        }
        try {
            if (type == ElementType.STRING) {
                String[] texts = new String[(int) count];
                Arrays.setAll(texts, i -> Integer.toString(random.nextInt(10)));
                return OnnxTensor.createTensor(OrtRuntime.environment(), texts, shape);
            }
            OnnxJavaType javaType = RuntimeTensors.type(type);
            if (javaType == null) {
                throw new ModelRunException("no random value for input '" + input.name() + "' of type " + type);
            }
            ByteBuffer bytes =
                    ByteBuffer.allocateDirect((int) type.byteCount(count)).order(ByteOrder.nativeOrder());
            for (int i = 0; i < count; i++) {
                put(type, bytes);
            }
            return OnnxTensor.createTensor(OrtRuntime.environment(), bytes.flip(), shape, javaType);
        } catch (OrtException e) {
            throw OrtRuntime.refusal(e);
        }
    }

    private long[] shape(List<Dimension> dims) {
        long[] shape = new long[dims.size()];
        long fixed = dims.stream().filter(Dimension.Known.class::isInstance).count();
        boolean isLone = guess.isLoneFreeOne && fixed == shape.length - 1 && shape.length > 1;
        for (int axis = 0; axis < shape.length; axis++) {
            long free = isLone || (axis == 0 && shape.length > 1) ? guess.batch : guess.free;
            shape[axis] = switch (dims.get(axis)) {
                case Dimension.Known(long size) -> size > 0 ? size : free;
                case Dimension.Named(String name) -> free;
                case Dimension.Unknown() -> free;
            };
        }
        return shape;
    }

    private void put(ElementType type, ByteBuffer to) {
        switch (type) {
            case F32 -> to.putFloat((float) random.nextDouble(-1, 1));
            case F64 -> to.putDouble(random.nextDouble(-1, 1));
            case F16 -> to.putShort(Float.floatToFloat16((float) random.nextDouble(-1, 1)));
            case BF16 -> to.putShort((short) (Float.floatToRawIntBits((float) random.nextDouble(-1, 1)) >> 16));
            case I64, U64 -> to.putLong(random.nextInt(2));
            case I32, U32 -> to.putInt(random.nextInt(2));
            case I16, U16 -> to.putShort((short) random.nextInt(2));
            default -> to.put((byte) random.nextInt(2));
        }
    }

    static ElementType elementType(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> ElementType.F32;
            case DOUBLE -> ElementType.F64;
            case FLOAT16 -> ElementType.F16;
            case BFLOAT16 -> ElementType.BF16;
            case INT8 -> ElementType.I8;
            case UINT8 -> ElementType.U8;
            case INT16 -> ElementType.I16;
            case INT32 -> ElementType.I32;
            case INT64 -> ElementType.I64;
            case BOOL -> ElementType.BOOL;
            case STRING -> ElementType.STRING;
            default -> ElementType.UNKNOWN;
        };
    }
}
