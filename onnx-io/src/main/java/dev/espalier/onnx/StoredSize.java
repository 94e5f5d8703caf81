package dev.espalier.onnx;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import org.jspecify.annotations.Nullable;

/// How many bytes of the model's files a constant takes: its message, with the field tag and length before it, and its
/// part of an external file.
final class StoredSize {
    private static final TensorWriter WRITER = new TensorWriter(ExternalLayout.none());

    private StoredSize() {}

    static long of(Constant constant, @Nullable Message origin, boolean replaced, String name) {
        if (constant instanceof Constant.External external && origin != null) {
            return framed(origin) + external.tensor().data().byteSize();
        }
        return framed(WRITER.write(constant, origin, replaced, name));
    }

    /// The same if its elements were in `raw_data`, without making them.
    static long ofRaw(Constant constant, @Nullable Message origin, String name) {
        long bytes = constant.type().byteCount(constant.shape().elementCount());
        long rest = TensorWriter.header(constant.type(), constant.shape(), origin, name)
                .getSerializedSize();
        return framed(rest + framed(bytes));
    }

    private static long framed(Message message) {
        return framed(message.getSerializedSize());
    }

    private static long framed(long size) {
        return 1L + CodedOutputStream.computeUInt64SizeNoTag(size) + size;
    }
}
