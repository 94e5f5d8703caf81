package dev.espalier.onnx;

import com.google.protobuf.ByteString;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.ModelProto;
import dev.espalier.onnx.proto.SparseTensorProto;
import dev.espalier.onnx.proto.StringStringEntryProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.sparse.CooTensor;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.List;
import java.util.stream.Stream;

/// Small valid models that the fuzzer starts from: one for each way to store a tensor and to nest a graph. They are
/// made
/// here, in code, so that they follow the format and nobody has to wonder what is in them. The fuzzer would not find
/// these ways from nothing in the time it has.
final class ReaderSeeds {
    private static final Shape SHAPE = Shape.of(2, 3);
    private static final DenseTensor SMALL = DenseTensor.of(SHAPE, 1, 0, -2, 0, 0.5f, 3);

    private ReaderSeeds() {}

    /// All of them. Only the one with external data is refused when it is read from memory.
    static Stream<byte[]> all() {
        return Stream.of(
                raw(),
                taken(),
                typed(),
                narrow(),
                strings(),
                external(),
                sparse(),
                sparseByAxis(),
                constants(),
                function(),
                bodies());
    }

    private static ModelBuilder model() {
        return ModelBuilder.opset(17)
                .input("x", ElementType.F32, "n", 2)
                .output("y", ElementType.F32, "n", 3)
                .node("MatMul", List.of("x", "w"), List.of("y"));
    }

    private static CooTensor coo() {
        return CooTensor.of(SHAPE, new long[] {0, 2, 4, 5}, DenseTensor.of(Shape.of(4), 1, -2, 0.5f, 3));
    }

    static byte[] raw() {
        return model().initializer("w", SMALL).toBytes();
    }

    /// Raw data that is long enough for the reader to take it out before protobuf sees it.
    static byte[] taken() {
        Shape shape = Shape.of(2, RawDataWire.SHORTEST_BLOB / 4);
        return model().initializer("w", DenseTensor.zeros(ElementType.F32, shape))
                .toBytes();
    }

    /// The types above 8 bits, each in its field.
    static byte[] typed() {
        ModelBuilder model = model().typedInitializer("w", SMALL);
        countable()
                .filter(type -> type.bits() > 8)
                .forEach(type -> model.typedInitializer(type.label(), DenseTensor.ofBits(type, Shape.of(3), 1, 0, 1)));
        return model.toBytes();
    }

    /// The types of 8 bits and less, which share a field and of which some are packed in it.
    static byte[] narrow() {
        GraphProto.Builder graph = GraphProto.newBuilder();
        countable().filter(type -> type.bits() <= 8).forEach(type -> {
            TensorProto.Builder tensor = tensor(type, 3).setName(type.label());
            for (long i = 0; i < TypedField.expected(type, 3); i++) {
                tensor.addInt32Data(1);
            }
            graph.addInitializer(tensor);
        });
        return of(graph);
    }

    private static Stream<ElementType> countable() {
        return Stream.of(ElementType.values()).filter(ElementType::isCountable);
    }

    static byte[] strings() {
        return with(tensor(ElementType.STRING, 2)
                .addStringData(ByteString.copyFromUtf8("a"))
                .addStringData(ByteString.copyFromUtf8("b")));
    }

    static byte[] external() {
        return with(tensor(ElementType.F32, 6)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", "weights.bin"))
                .addExternalData(entry("offset", "64"))
                .addExternalData(entry("length", "24")));
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static TensorProto.Builder tensor(ElementType type, long... dims) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName("w").setDataType(OnnxTypes.number(type));
        for (long dim : dims) {
            tensor.addDims(dim);
        }
        return tensor;
    }

    private static byte[] with(TensorProto.Builder tensor) {
        return of(GraphProto.newBuilder().addInitializer(tensor));
    }

    private static byte[] of(GraphProto.Builder graph) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setGraph(graph.setName("graph"))
                .build()
                .toByteArray();
    }

    /// Indices into the flat tensor, as this project writes them.
    static byte[] sparse() {
        return model().initializer("w", coo()).toBytes();
    }

    /// Indices of shape [NNZ, rank], the other form that the format has.
    static byte[] sparseByAxis() {
        TensorProto.Builder values = tensor(ElementType.F32, 2).addFloatData(1).addFloatData(-2);
        TensorProto.Builder indices = tensor(ElementType.I64, 2, 2).clearName();
        List.of(0L, 1L, 1L, 2L).forEach(indices::addInt64Data);
        return of(GraphProto.newBuilder()
                .addSparseInitializer(SparseTensorProto.newBuilder()
                        .setValues(values)
                        .setIndices(indices)
                        .addDims(2)
                        .addDims(3)));
    }

    /// Constant nodes, each with its contents in another attribute.
    static byte[] constants() {
        return model().node("Constant", List.of(), List.of("w"), "value", SMALL)
                .node("Constant", List.of(), List.of("s"), "sparse_value", coo())
                .node("Constant", List.of(), List.of("i"), "value_int", 7)
                .node("Constant", List.of(), List.of("is"), "value_ints", List.of(1, 2))
                .node("Constant", List.of(), List.of("f"), "value_float", 0.5f)
                .node("Constant", List.of(), List.of("t"), "value_string", "text")
                .toBytes();
    }

    static byte[] function() {
        ModelBuilder body = ModelBuilder.opset(17)
                .input("a", ElementType.F32)
                .node("Constant", List.of(), List.of("w"), "value", SMALL)
                .node("MatMul", List.of("a", "w"), List.of("b"))
                .output("b", ElementType.F32);
        return ModelBuilder.opset(17)
                .opset("local", 1)
                .input("x", ElementType.F32, "n", 2)
                .node("local", "Dense", List.of("x"), List.of("y"))
                .output("y", ElementType.F32, "n", 3)
                .function("local", "Dense", body)
                .toBytes();
    }

    /// Two graphs in a node, with a weight of their own and names from around them.
    static byte[] bodies() {
        ModelBuilder branch = ModelBuilder.opset(17)
                .initializer("b", DenseTensor.of(Shape.of(3), 1, 2, 3))
                .node("Add", List.of("y", "b"), List.of("z"))
                .output("z", ElementType.F32, "n", 3);
        return model().initializer("w", SMALL)
                .input("c", ElementType.BOOL)
                .nodeWithBodies("If", List.of("c"), List.of("i"), "then_branch", branch, "else_branch", branch)
                .output("i", ElementType.F32, "n", 3)
                .toBytes();
    }
}
