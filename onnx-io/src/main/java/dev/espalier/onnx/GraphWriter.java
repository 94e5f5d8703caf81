package dev.espalier.onnx;

import com.google.protobuf.Message;
import dev.espalier.onnx.proto.AttributeProto;
import dev.espalier.onnx.proto.FunctionProto;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.ModelProto;
import dev.espalier.onnx.proto.NodeProto;
import dev.espalier.onnx.proto.SparseTensorProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.onnx.proto.ValueInfoProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// [Model] to ModelProto. What was not touched is the message it was read from.
final class GraphWriter {
    private final Model model;
    private final TensorWriter tensors;

    /// @param blobs where the data goes that messages stand in for
    GraphWriter(Model model, ExternalLayout layout, Blobs blobs) {
        this.model = model;
        this.tensors = new TensorWriter(layout, blobs, names(model));
    }

    /// All names of a model: a new one must be unique in nested graphs too.
    private static Set<String> names(Model model) {
        Set<String> names = new HashSet<>();
        for (Graph graph : model.allGraphs()) {
            names.addAll(graph.names());
            for (Value value : graph.initializers()) {
                Value.Held held = Objects.requireNonNull(value.held());
                if (!held.replaced() && held.origin() instanceof GraphProto decoding) {
                    decoding.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
                    decoding.getNodeList().forEach(node -> names.addAll(node.getOutputList()));
                }
            }
        }
        return names;
    }

    ModelProto write() {
        ModelProto.Builder proto = model.rest().toBuilder().setGraph(write(model.graph()));
        for (Function function : model.functions()) {
            proto.addFunctions(write(function));
        }
        return proto.build();
    }

    private GraphProto write(Graph graph) {
        GraphProto.Builder proto = graph.rest().toBuilder();
        graph.inputPorts().forEach(port -> proto.addInput(port.info()));
        graph.outputPorts().forEach(port -> proto.addOutput(port.info()));
        // Declarations of what is packed come last, where they stand when such a file is read and written again.
        Map<String, ValueInfoProto> ofPacked = new HashMap<>();
        for (ValueInfoProto info : graph.infos()) {
            if (isPacked(graph, info.getName())) {
                ofPacked.put(info.getName(), info);
            } else {
                proto.addValueInfo(info);
            }
        }
        for (Value value : graph.initializers()) {
            Value.Held held = Objects.requireNonNull(value.held());
            switch (tensors.write(held.constant(), held.origin(), held.replaced(), value.name())) {
                case TensorProto dense -> proto.addInitializer(dense);
                case SparseTensorProto sparse -> proto.addSparseInitializer(sparse);
                case GraphProto decoding -> {
                    // First in the list: where they stand right before their readers, runtimes that do not fold them
                    // decode all weights before they use one.
                    proto.addAllInitializer(decoding.getInitializerList()).addAllNode(decoding.getNodeList());
                    decoding.getValueInfoList()
                            .forEach(info -> proto.addValueInfo(ofPacked.getOrDefault(info.getName(), info)));
                }
                case Message other -> throw new IllegalStateException("a constant as " + other.getClass());
            }
        }
        graph.nodes().forEach(node -> proto.addNode(write(node)));
        return proto.build();
    }

    private static boolean isPacked(Graph graph, String name) {
        return graph.value(name)
                .flatMap(Value::constant)
                .filter(Constant.Packed.class::isInstance)
                .isPresent();
    }

    private FunctionProto write(Function function) {
        FunctionProto.Builder proto = function.rest().toBuilder();
        Graph body = function.body();
        body.inputs().forEach(value -> proto.addInput(value.name()));
        body.outputs().forEach(value -> proto.addOutput(value.name()));
        body.infos().forEach(proto::addValueInfo);
        body.nodes().forEach(node -> proto.addNode(write(node)));
        return proto.build();
    }

    private NodeProto write(Node node) {
        NodeProto.Builder proto = node.origin().toBuilder().clearInput().clearAttribute();
        for (int i = 0; i < node.inputCount(); i++) {
            proto.addInput(node.input(i).map(Value::name).orElse(""));
        }
        node.slots().forEach(slot -> proto.addAttribute(write(slot)));
        return proto.build();
    }

    private AttributeProto write(Node.Slot slot) {
        AttributeProto origin = Optional.ofNullable(slot.origin()).orElse(AttributeProto.getDefaultInstance());
        return switch (slot.attribute()) {
            case Attribute.Tensor(String name, Constant constant) ->
                slot.replaced() || constant instanceof Constant.External
                        ? write(name, constant, slot.replaced(), origin)
                        : origin;
            case Attribute.Bodies(String name, List<Graph> graphs) -> {
                // The type says which field counts; what is in the other stays.
                if (GraphReader.kind(origin) == AttributeProto.AttributeType.GRAPH) {
                    yield origin.hasG()
                            ? origin.toBuilder().setG(write(graphs.getFirst())).build()
                            : origin;
                }
                AttributeProto.Builder proto = origin.toBuilder().clearGraphs();
                graphs.forEach(graph -> proto.addGraphs(write(graph)));
                yield proto.build();
            }
            case Attribute.Int(String name, long value) ->
                slot.replaced()
                        ? typed(name, AttributeProto.AttributeType.INT)
                                .setI(value)
                                .build()
                        : origin;
            case Attribute.Real(String name, float value) ->
                slot.replaced()
                        ? typed(name, AttributeProto.AttributeType.FLOAT)
                                .setF(value)
                                .build()
                        : origin;
            case Attribute.Text t -> origin;
            case Attribute.Ints(String name, List<Long> values) ->
                slot.replaced()
                        ? typed(name, AttributeProto.AttributeType.INTS)
                                .addAllInts(values)
                                .build()
                        : origin;
            case Attribute.Reals r -> origin;
            case Attribute.Texts t -> origin;
            case Attribute.Reference r -> origin;
            case Attribute.Other o -> origin;
        };
    }

    private static AttributeProto.Builder typed(String name, AttributeProto.AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    private AttributeProto write(String name, Constant constant, boolean replaced, AttributeProto origin) {
        AttributeProto.Builder proto = origin.toBuilder()
                .clearT()
                .clearSparseTensor()
                .clearI()
                .clearInts()
                .clearF()
                .clearFloats()
                .setName(name);
        Message old = origin.hasSparseTensor() ? origin.getSparseTensor() : origin.getT();
        String tensorName = origin.hasSparseTensor()
                ? origin.getSparseTensor().getValues().getName()
                : origin.getT().getName();
        return switch (tensors.write(constant, old, replaced, tensorName)) {
            case TensorProto dense ->
                proto.setType(AttributeProto.AttributeType.TENSOR).setT(dense).build();
            case SparseTensorProto sparse ->
                proto.setType(AttributeProto.AttributeType.SPARSE_TENSOR)
                        .setSparseTensor(sparse)
                        .build();
            case Message other -> throw new IllegalStateException("a constant as " + other.getClass());
        };
    }
}
