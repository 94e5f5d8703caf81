package dev.espalier.onnx;

import com.google.protobuf.ByteString;
import dev.espalier.onnx.proto.AttributeProto;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.ModelProto;
import dev.espalier.onnx.proto.NodeProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Encoded;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.PackedEncoding;
import dev.espalier.sparse.PackedTensor;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparseEncodings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;

/// Models with one weight `w`, for the tests of packed constants.
final class PackedModels {
    /// So large that its parts are not kept in the heap, and with a last byte of its bitmap that is not full.
    static final Shape SHAPE = Shape.of(39, 13);

    private PackedModels() {}

    /// Of every three rows one is not zero, so that it follows an N:M and a block pattern too.
    static DenseTensor weight() {
        Random random = new Random(7);
        long[] bits = new long[(int) SHAPE.elementCount()];
        int columns = (int) SHAPE.dim(1);
        for (int row = 0; row < SHAPE.dim(0); row += 3) {
            int kept = row + random.nextInt(3);
            for (int i = kept * columns; i < (kept + 1) * columns; i++) {
                bits[i] = Float.floatToRawIntBits(random.nextFloat() + 1);
            }
        }
        return DenseTensor.ofBits(ElementType.F32, SHAPE, bits);
    }

    static PackedTensor pack(DenseTensor tensor, PackedEncoding encoding) {
        return encoding.encode(tensor, Mask.ofNonZeros(tensor, Quantization.NONE), Quantization.NONE);
    }

    /// `y = MatMul(x, w)`.
    static ModelBuilder product(Encoded weight) {
        return ModelBuilder.opset(17)
                .input("x", ElementType.F32, "n", 39)
                .initializer("w", weight)
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .output("y", ElementType.F32, "n", 13);
    }

    /// The same with a packed weight, changed.
    static ModelProto product(PackedEncoding encoding, Consumer<GraphProto.Builder> change) {
        ModelProto.Builder model = proto(product(pack(weight(), encoding)).toBytes()).toBuilder();
        change.accept(model.getGraphBuilder());
        return model.build();
    }

    static Model read(ModelProto proto) {
        return OnnxReader.read(ByteBuffer.wrap(proto.toByteArray()));
    }

    static ModelProto proto(byte[] bytes) {
        try {
            return ModelProto.parseFrom(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The file that the writer makes of a model.
    static byte[] written(Model model, Path folder) throws IOException {
        Path file = folder.resolve("written.onnx");
        OnnxWriter.write(model, file);
        return Files.readAllBytes(file);
    }

    static Value w(Graph graph) {
        return graph.value("w").orElseThrow();
    }

    /// The node that makes the tensor of this name.
    static NodeProto.Builder node(GraphProto.Builder graph, String output) {
        return graph.getNodeBuilderList().stream()
                .filter(node -> node.getOutput(0).equals(output))
                .findFirst()
                .orElseThrow();
    }

    static TensorProto.Builder initializer(GraphProto.Builder graph, String name) {
        return graph.getInitializerBuilderList().stream()
                .filter(tensor -> tensor.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto text(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    /// A change of a file, with its name for the reports of tests.
    static Named<Consumer<GraphProto.Builder>> change(String name, Consumer<GraphProto.Builder> change) {
        return Named.of(name, change);
    }

    /// Each change with each packed encoding.
    static Stream<Arguments> ofEach(Stream<Named<Consumer<GraphProto.Builder>>> changes) {
        return changes.flatMap(
                change -> SparseEncodings.PACKED.stream().map(encoding -> Arguments.of(encoding, change)));
    }
}
