package dev.espalier.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.espalier.onnx.proto.FunctionProto;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.ModelProto;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads ONNX files. The file is mapped, and tensors in `raw_data` or external files are views of the mapping, so a
/// file must not be written to while its model is in use.
public final class OnnxReader {
    private static final String NOT_ONNX_HINT =
            "the file is damaged, or not an ONNX model: download or export it again";

    private OnnxReader() {}

    /// Reads a model with its external data.
    ///
    /// @throws IOException if the file cannot be opened
    /// @throws OnnxFormatException if it is not an ONNX model
    /// @throws ExternalDataException if a file of tensor data is missing, too short, or outside the model's folder
    public static Model read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new OnnxFormatException(
                        "the file has " + channel.size() + " bytes, and an ONNX file ends at 2 GiB",
                        "file '" + file + "'",
                        "weights beyond that belong in external data beside the model");
            }
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            return read(bytes, file, file.toAbsolutePath().getParent());
        }
    }

    /// Reads a model from memory; it may have no external data.
    ///
    /// @throws OnnxFormatException if it is not an ONNX model
    public static Model read(ByteBuffer bytes) {
        return read(MemorySegment.ofBuffer(bytes), null, null);
    }

    private static Model read(MemorySegment bytes, @Nullable Path file, @Nullable Path folder) {
        String where = file == null ? "model in memory" : "file '" + file + "'";
        Blobs blobs = new Blobs();
        return build(parse(bytes, blobs, where), blobs, file, folder, where);
    }

    private static ModelProto parse(MemorySegment bytes, Blobs blobs, String where) {
        try {
            ModelProto model = ModelProto.parseFrom(RawDataWire.take(bytes, blobs));
            if (!model.hasGraph()) {
                throw new OnnxFormatException("there is no graph in it", where, NOT_ONNX_HINT);
            }
            return model;
        } catch (MalformedWireException e) {
            throw new OnnxFormatException("not an ONNX model: " + e.getMessage(), where, NOT_ONNX_HINT);
        } catch (InvalidProtocolBufferException e) {
            throw new OnnxFormatException("not an ONNX model: " + clause(e), where, NOT_ONNX_HINT);
        }
    }

    /// Protobuf's message without its advice to programmers.
    private static String clause(InvalidProtocolBufferException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("ended unexpectedly") || message.contains("truncated")) {
            return "it ends in the middle of a field";
        }
        if (message.contains("nested")) {
            return "messages are nested too deeply";
        }
        return "its bytes are not protobuf";
    }

    private static Model build(
            ModelProto proto, Blobs blobs, @Nullable Path file, @Nullable Path folder, String where) {
        ExternalData external = new ExternalData(folder);
        TensorReader tensors = new TensorReader(external, blobs, where);
        GraphReader graphs = new GraphReader(tensors, where);
        Graph graph = graphs.read(null, "", proto.getGraph());
        List<Function> functions = new ArrayList<>();
        for (FunctionProto function : proto.getFunctionsList()) {
            functions.add(graphs.readFunction(function));
        }
        ModelProto rest = proto.toBuilder().clearGraph().clearFunctions().build();
        return new Model(file, external, blobs, rest, graph, functions);
    }

    static GraphProto rest(GraphProto proto) {
        return proto.toBuilder()
                .clearNode()
                .clearInitializer()
                .clearSparseInitializer()
                .clearInput()
                .clearOutput()
                .clearValueInfo()
                .build();
    }
}
