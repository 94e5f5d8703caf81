package dev.espalier.run;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tensors as the runtime takes them.
final class RuntimeTensors {
    private RuntimeTensors() {}

    /// The runtime's name of a type; null if its Java API cannot be given tensors of it.
    static @Nullable OnnxJavaType type(ElementType type) {
        return switch (type) {
            case F32 -> OnnxJavaType.FLOAT;
            case F64 -> OnnxJavaType.DOUBLE;
            case F16 -> OnnxJavaType.FLOAT16;
            case BF16 -> OnnxJavaType.BFLOAT16;
            case I8 -> OnnxJavaType.INT8;
            case U8 -> OnnxJavaType.UINT8;
            case I16 -> OnnxJavaType.INT16;
            case I32 -> OnnxJavaType.INT32;
            case I64 -> OnnxJavaType.INT64;
            case BOOL -> OnnxJavaType.BOOL;
            default -> null;
        };
    }

    /// Tensors over the same memory, which must be outside the Java heap and stay as it is until they are closed.
    ///
    /// @throws ModelRunException if the runtime takes no tensor of such a type
    static Map<String, OnnxTensor> of(Map<String, DenseTensor> tensors) throws ModelRunException {
        Map<String, OnnxTensor> result = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, DenseTensor> entry : tensors.entrySet()) {
                result.put(entry.getKey(), of(entry.getValue()));
            }
            return result;
        } catch (OrtException e) {
            result.values().forEach(OnnxTensor::close);
            throw OrtRuntime.refusal(e);
        }
    }

    private static OnnxTensor of(DenseTensor tensor) throws OrtException {
        OnnxJavaType type = type(tensor.type());
        if (type == null) {
            throw new OrtException("the runtime's Java API takes no tensor of type " + tensor.type());
        }
        return OnnxTensor.createTensor(
                OrtRuntime.environment(),
                tensor.data().asByteBuffer().order(ByteOrder.nativeOrder()),
                tensor.shape().dims(),
                type);
    }

    /// A copy of a tensor of numbers; none of anything else.
    static Optional<DenseTensor> copy(OnnxValue value, Arena arena) {
        if (!(value instanceof OnnxTensor tensor)) {
            return Optional.empty();
        }
        Optional<ElementType> type = Arrays.stream(ElementType.values())
                .filter(t -> type(t) == tensor.getInfo().type)
                .findFirst();
        return type.map(t -> {
            MemorySegment from = MemorySegment.ofBuffer(tensor.getByteBuffer());
            MemorySegment data = arena.allocate(from.byteSize(), 64).copyFrom(from);
            return new DenseTensor(t, Shape.of(tensor.getInfo().getShape()), data);
        });
    }
}
