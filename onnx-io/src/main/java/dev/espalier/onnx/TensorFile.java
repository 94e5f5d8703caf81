package dev.espalier.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.sparse.DenseTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A tensor in a file of its own, one TensorProto, as the test data of the ONNX standard has it.
public final class TensorFile {
    private static final String HINT = "write it again, for example with numpy_helper.from_array";

    private TensorFile() {}

    /// Reads the tensor.
    ///
    /// @throws OnnxFormatException if it is no dense tensor of numbers with its data in the file
    public static DenseTensor read(Path file) throws IOException {
        String where = "file '" + file + "'";
        TensorProto proto;
        try {
            proto = TensorProto.parseFrom(Files.readAllBytes(file));
        } catch (InvalidProtocolBufferException e) {
            throw new OnnxFormatException("not a tensor: its bytes are not protobuf", where, HINT);
        }
        if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL || proto.hasBlob()) {
            throw new OnnxFormatException("the tensor's data is not in the file", where, HINT);
        }
        Constant constant = new TensorReader(new ExternalData(null), new Blobs(), where).read(proto);
        if (constant instanceof Constant.Opaque) {
            throw new OnnxFormatException("a tensor of type " + constant.type() + " is no data", where, HINT);
        }
        return constant.decode();
    }
}
