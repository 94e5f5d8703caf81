package dev.espalier.run;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/// An output of a run, apart from the runtime's memory. Two are equal if they are so bit for bit.
public sealed interface Output {
    /// Copies a value out of the runtime's memory.
    static Output of(OnnxValue value) throws OrtException {
        return switch (value) {
            case OnnxTensor tensor
            when tensor.getInfo().type == OnnxJavaType.STRING ->
                new Other(Arrays.deepToString(new Object[] {tensor.getValue()}));
            case OnnxTensor tensor -> Numbers.of(tensor);
            case OnnxSequence sequence -> {
                List<Output> elements = new ArrayList<>();
                for (OnnxValue element : sequence.getValue()) {
                    elements.add(of(element));
                    element.close();
                }
                yield new Several(elements);
            }
            case OnnxMap map -> new Other(new TreeMap<>(map.getValue()).toString());
            default -> new Other(value.getInfo().toString());
        };
    }

    /// A tensor of numbers.
    final class Numbers implements Output {
        private final OnnxJavaType type;
        private final long[] shape;
        private final byte[] bytes;

        private Numbers(OnnxJavaType type, long[] shape, byte[] bytes) {
            this.type = type;
            this.shape = shape;
            this.bytes = bytes;
        }

        static Numbers of(OnnxTensor tensor) {
            ByteBuffer buffer = tensor.getByteBuffer();
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return new Numbers(tensor.getInfo().type, tensor.getInfo().getShape(), bytes);
        }

        OnnxJavaType type() {
            return type;
        }

        /// The elements one after the other, in the machine's byte order.
        ByteBuffer bytes() {
            return ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.nativeOrder());
        }

        /// The shape at run time.
        public long[] shape() {
            return shape.clone();
        }

        /// The elements of an output of type f32.
        ///
        /// @throws IllegalStateException if it is of another type
        public float[] floats() {
            if (type != OnnxJavaType.FLOAT) {
                throw new IllegalStateException("an output of type " + type);
            }
            float[] floats = new float[bytes.length / Float.BYTES];
            bytes().asFloatBuffer().get(floats);
            return floats;
        }

        /// The elements as numbers, of any type that has numbers; booleans are 0 and 1.
        ///
        /// @throws IllegalStateException if it is of another type
        public double[] doubles() {
            ByteBuffer from = bytes();
            int count = bytes.length / type.size;
            double[] to = new double[count];
            for (int i = 0; i < count; i++) {
                to[i] = switch (type) {
                    case FLOAT -> from.getFloat();
                    case DOUBLE -> from.getDouble();
                    case FLOAT16 -> Float.float16ToFloat(from.getShort());
                    case BFLOAT16 -> Float.intBitsToFloat(from.getShort() << 16);
                    case INT8, BOOL -> from.get();
                    case UINT8 -> from.get() & 0xFF;
                    case INT16 -> from.getShort();
                    case INT32 -> from.getInt();
                    case INT64 -> from.getLong();
                    default -> throw new IllegalStateException("an output of type " + type);
                };
            }
            return to;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Numbers that
                    && type == that.type
                    && Arrays.equals(shape, that.shape)
                    && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }

    /// A sequence.
    record Several(List<Output> elements) implements Output {}

    /// Strings, maps and what else can only be compared as text.
    record Other(String text) implements Output {}
}
