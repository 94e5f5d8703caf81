package dev.espalier.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.espalier.onnx.proto.ModelProto;
import dev.espalier.onnx.proto.TensorProto;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What leads to tensors is what the schema says.
final class MessageKindTest {
    @Test
    void knowsEveryFieldThatLeadsToATensor() {
        Map<MessageKind, Descriptor> seen = new EnumMap<>(MessageKind.class);
        compare(MessageKind.MODEL, ModelProto.getDescriptor(), seen);
        assertThat(seen).containsOnlyKeys(MessageKind.values());
        assertThat(seen).containsEntry(MessageKind.TENSOR, TensorProto.getDescriptor());
    }

    private static void compare(MessageKind kind, Descriptor type, Map<MessageKind, Descriptor> seen) {
        if (seen.put(kind, type) != null) {
            assertThat(seen).containsEntry(kind, type);
            return;
        }
        for (FieldDescriptor field : type.getFields()) {
            MessageKind inner = kind.at(field.getNumber());
            assertThat(inner != null).as(field.getFullName()).isEqualTo(leads(field, new HashSet<>()));
            if (inner != null) {
                compare(inner, field.getMessageType(), seen);
            }
        }
    }

    private static boolean leads(FieldDescriptor field, Set<Descriptor> passed) {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return false;
        }
        Descriptor type = field.getMessageType();
        return type.equals(TensorProto.getDescriptor())
                || (passed.add(type) && type.getFields().stream().anyMatch(inner -> leads(inner, passed)));
    }
}
