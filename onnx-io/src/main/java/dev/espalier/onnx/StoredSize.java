package dev.espalier.onnx;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.NodeProto;
import dev.espalier.onnx.proto.SparseTensorProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.onnx.proto.ValueInfoProto;
import java.util.HashSet;
import org.jspecify.annotations.Nullable;

/// How many bytes of the model's files a constant takes: its message, with the field tag and length before it, those of
/// the
/// nodes that decode it, and its part of an external file.
final class StoredSize {
    private StoredSize() {}

    static long of(Constant constant, @Nullable Message origin, boolean replaced, String name) {
        if (constant instanceof Constant.External external && origin != null) {
            return framed(origin) + external.data().byteSize();
        }
        ExternalLayout layout = ExternalLayout.of(constant);
        Message message =
                new TensorWriter(layout, new Blobs(), new HashSet<>()).write(constant, origin, replaced, name);
        return framed(message) + layout.size();
    }

    /// The same if its elements were in `raw_data`, without making them.
    static long ofRaw(Constant constant, @Nullable Message origin, String name) {
        long bytes = constant.type().byteCount(constant.shape().elementCount());
        long rest = TensorWriter.header(constant.type(), constant.shape(), origin, name)
                .getSerializedSize();
        return framed(rest + RawDataWire.fieldLength(bytes));
    }

    private static long framed(Message message) {
        return switch (message) {
            case TensorProto tensor -> framed(size(tensor));
            case SparseTensorProto sparse -> {
                TensorProto values = sparse.getValues();
                TensorProto indices = sparse.getIndices();
                long rest = sparse.getSerializedSize()
                        - framed(values.getSerializedSize())
                        - framed(indices.getSerializedSize());
                yield framed(rest + framed(size(values)) + framed(size(indices)));
            }
            case GraphProto decoding -> {
                long size = 0;
                for (TensorProto tensor : decoding.getInitializerList()) {
                    size += framed(size(tensor));
                }
                for (NodeProto node : decoding.getNodeList()) {
                    size += framed(node.getSerializedSize());
                }
                for (ValueInfoProto info : decoding.getValueInfoList()) {
                    size += framed(info.getSerializedSize());
                }
                yield size;
            }
            default -> throw new IllegalArgumentException("a constant as " + message.getClass());
        };
    }

    /// With the data that the message stands in for.
    private static long size(TensorProto tensor) {
        long size = tensor.getSerializedSize();
        return tensor.hasBlob()
                ? size - RawDataWire.standInLength() + RawDataWire.fieldLength(tensor.getBlobBytes())
                : size;
    }

    private static long framed(long size) {
        return 1L + CodedOutputStream.computeUInt64SizeNoTag(size) + size;
    }
}
