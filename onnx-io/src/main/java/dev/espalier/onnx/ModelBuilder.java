package dev.espalier.onnx;

import com.google.protobuf.ByteString;
import dev.espalier.onnx.proto.AttributeProto;
import dev.espalier.onnx.proto.FunctionProto;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.ModelProto;
import dev.espalier.onnx.proto.NodeProto;
import dev.espalier.onnx.proto.OperatorSetIdProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Encoded;
import dev.espalier.sparse.Shape;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;

/// Builds a model in code: for tests, samples and generated graphs. The result has been through the reader, so it is
/// what a file of the same contents would give.
public final class ModelBuilder {
    private final ModelProto.Builder model = ModelProto.newBuilder();
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("graph");

    private ModelBuilder() {}

    /// A model of the current IR version and this version of the standard operators.
    public static ModelBuilder opset(long version) {
        ModelBuilder builder = new ModelBuilder();
        builder.model
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(version));
        return builder;
    }

    /// Another IR version.
    public ModelBuilder irVersion(long version) {
        model.setIrVersion(version);
        return this;
    }

    /// Another operator set.
    public ModelBuilder opset(String domain, long version) {
        model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version));
        return this;
    }

    /// A graph input.
    ///
    /// @param dims integers or names
    public ModelBuilder input(String name, ElementType type, Object... dims) {
        graph.addInput(ValueType.declare(name, type, dims));
        return this;
    }

    /// A graph output.
    ///
    /// @param dims integers or names
    public ModelBuilder output(String name, ElementType type, Object... dims) {
        graph.addOutput(ValueType.declare(name, type, dims));
        return this;
    }

    /// What the graph declares of a value inside it.
    ///
    /// @param dims integers or names
    public ModelBuilder declare(String name, ElementType type, Object... dims) {
        graph.addValueInfo(ValueType.declare(name, type, dims));
        return this;
    }

    /// An initializer, dense or sparse, or one that is packed: then it must come before the nodes that read it.
    public ModelBuilder initializer(String name, Encoded tensor) {
        switch (message(name, tensor)) {
            case TensorProto dense -> graph.addInitializer(dense);
            case dev.espalier.onnx.proto.SparseTensorProto sparse -> graph.addSparseInitializer(sparse);
            case GraphProto decoding -> graph.mergeFrom(decoding);
            case com.google.protobuf.Message other ->
                throw new IllegalStateException(other.getClass().getName());
        }
        return this;
    }

    /// An initializer whose elements are in the field for its type.
    public ModelBuilder typedInitializer(String name, DenseTensor tensor) {
        TensorProto.Builder proto = TensorProto.newBuilder().setName(name).setDataType(OnnxTypes.number(tensor.type()));
        for (long dim : tensor.shape().dims()) {
            proto.addDims(dim);
        }
        TypedField.write(tensor, proto);
        graph.addInitializer(proto);
        return this;
    }

    /// An initializer whose elements are in another file.
    ///
    /// @param location the file's name
    /// @param offset where in it they begin
    public ModelBuilder externalInitializer(String name, ElementType type, Shape shape, String location, long offset) {
        TensorProto.Builder proto = TensorProto.newBuilder()
                .setName(name)
                .setDataType(OnnxTypes.number(type))
                .setDataLocation(TensorProto.DataLocation.EXTERNAL);
        for (long dim : shape.dims()) {
            proto.addDims(dim);
        }
        proto.addExternalDataBuilder().setKey("location").setValue(location);
        proto.addExternalDataBuilder().setKey("offset").setValue(String.valueOf(offset));
        graph.addInitializer(proto);
        return this;
    }

    private static com.google.protobuf.Message message(String name, Encoded tensor) {
        return new TensorWriter(ExternalLayout.none(), TensorWriter.WHOLE, new HashSet<>())
                .write(Constant.of(tensor), null, true, name);
    }

    /// A node of the standard's domain.
    ///
    /// @param attributes name and value in turn; a value is a number, a string, a list of integers or an [Encoded]
    public ModelBuilder node(String operator, List<String> inputs, List<String> outputs, Object... attributes) {
        return node("", operator, inputs, outputs, attributes);
    }

    /// A node of any domain.
    public ModelBuilder node(
            String domain, String operator, List<String> inputs, List<String> outputs, Object... attributes) {
        graph.addNode(nodeProto(domain, operator, inputs, outputs, attributes));
        return this;
    }

    /// A node that runs one graph in each of its attributes.
    ///
    /// @param bodies attribute name and builder in turn; of a builder only the graph is taken
    public ModelBuilder nodeWithBodies(String operator, List<String> inputs, List<String> outputs, Object... bodies) {
        NodeProto.Builder node = nodeProto("", operator, inputs, outputs).toBuilder();
        for (int i = 0; i < bodies.length; i += 2) {
            node.addAttributeBuilder()
                    .setName((String) bodies[i])
                    .setType(AttributeProto.AttributeType.GRAPH)
                    .setG(((ModelBuilder) bodies[i + 1]).graph);
        }
        graph.addNode(node);
        return this;
    }

    /// A local function made of the nodes of `body`, whose graph inputs and outputs are the function's.
    public ModelBuilder function(String domain, String name, ModelBuilder body) {
        FunctionProto.Builder function = FunctionProto.newBuilder()
                .setDomain(domain)
                .setName(name)
                .addAllOpsetImport(body.model.getOpsetImportList())
                .addAllNode(body.graph.getNodeList());
        body.graph.getInputList().forEach(input -> function.addInput(input.getName()));
        body.graph.getOutputList().forEach(output -> function.addOutput(output.getName()));
        model.addFunctions(function);
        return this;
    }

    private static NodeProto nodeProto(
            String domain, String operator, List<String> inputs, List<String> outputs, Object... attributes) {
        NodeProto.Builder node = NodeProto.newBuilder()
                .setOpType(operator)
                .setName(operator + "_" + String.join("_", outputs))
                .addAllInput(inputs)
                .addAllOutput(outputs);
        if (!domain.isEmpty()) {
            node.setDomain(domain);
        }
        for (int i = 0; i < attributes.length; i += 2) {
            node.addAttribute(attribute((String) attributes[i], attributes[i + 1]));
        }
        return node.build();
    }

    private static AttributeProto attribute(String name, Object value) {
        AttributeProto.Builder proto = AttributeProto.newBuilder().setName(name);
        switch (value) {
            case Integer i -> proto.setType(AttributeProto.AttributeType.INT).setI(i);
            case Long i -> proto.setType(AttributeProto.AttributeType.INT).setI(i);
            case Float f -> proto.setType(AttributeProto.AttributeType.FLOAT).setF(f);
            case String s -> proto.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(s));
            case Encoded tensor -> {
                switch (message("", tensor)) {
                    case TensorProto dense ->
                        proto.setType(AttributeProto.AttributeType.TENSOR).setT(dense);
                    case dev.espalier.onnx.proto.SparseTensorProto sparse ->
                        proto.setType(AttributeProto.AttributeType.SPARSE_TENSOR)
                                .setSparseTensor(sparse);
                    case com.google.protobuf.Message other ->
                        throw new IllegalStateException(other.getClass().getName());
                }
            }
            case List<?> list -> {
                proto.setType(AttributeProto.AttributeType.INTS);
                list.forEach(i -> proto.addInts(((Number) i).longValue()));
            }
            default -> throw new IllegalArgumentException("an attribute of " + value.getClass());
        }
        return proto.build();
    }

    /// The model.
    public Model build() {
        return OnnxReader.read(ByteBuffer.wrap(toBytes()));
    }

    /// The bytes of its file.
    public byte[] toBytes() {
        return model.clone().setGraph(graph).build().toByteArray();
    }
}
