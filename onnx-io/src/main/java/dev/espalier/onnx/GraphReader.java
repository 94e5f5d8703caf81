package dev.espalier.onnx;

import com.google.protobuf.ByteString;
import dev.espalier.onnx.proto.AttributeProto;
import dev.espalier.onnx.proto.FunctionProto;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.NodeProto;
import dev.espalier.onnx.proto.SparseTensorProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.onnx.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// GraphProto and FunctionProto to [Graph]. All names of a graph are defined before its nodes are linked, so nodes may
/// stand in any order, and a nested graph finds the names of the graphs around it.
final class GraphReader {
    private final TensorReader tensors;
    private final String where;

    GraphReader(TensorReader tensors, String where) {
        this.tensors = tensors;
        this.where = where;
    }

    /// @param owner the node whose attribute `role` holds the graph; null for a main graph
    Graph read(@Nullable Node owner, String role, GraphProto proto) {
        Graph graph = new Graph(owner, role, OnnxReader.rest(proto));
        for (ValueInfoProto input : proto.getInputList()) {
            Value value = graph.define(input.getName());
            if (value.isInput()) {
                throw twice(value, "graph input");
            }
            value.setType(ValueType.of(input.getType()));
            graph.addInput(input, value);
        }
        PackedReader.Result packed = PackedReader.find(proto, tensors);
        for (TensorProto tensor : proto.getInitializerList()) {
            PackedReader.Found found = packed.tensors().get(tensor.getName());
            if (found != null) {
                addInitializer(graph, found.name(), new Value.Held(found.constant(), found.origin(), found.shared()));
            } else if (!packed.initializers().contains(tensor.getName())) {
                addInitializer(graph, tensor.getName(), new Value.Held(tensors.read(tensor), tensor, false));
            }
        }
        for (SparseTensorProto tensor : proto.getSparseInitializerList()) {
            addInitializer(
                    graph, tensor.getValues().getName(), new Value.Held(tensors.readSparse(tensor), tensor, false));
        }
        List<NodeProto> nodes = proto.getNodeList().stream()
                .filter(node -> node.getOutputCount() != 1 || !packed.outputs().contains(node.getOutput(0)))
                .toList();
        List<ValueInfoProto> infos = proto.getValueInfoList().stream()
                .filter(info -> !packed.outputs().contains(info.getName()))
                .toList();
        link(graph, nodes, infos);
        for (ValueInfoProto output : proto.getOutputList()) {
            Value value = graph.visible(output.getName()).orElseGet(() -> graph.define(output.getName()));
            if (value.type() instanceof ValueType.Undeclared) {
                value.setType(ValueType.of(output.getType()));
            }
            graph.addOutput(output, value);
        }
        return graph;
    }

    Function readFunction(FunctionProto proto) {
        String label = proto.getDomain() + "." + proto.getName()
                + (proto.getOverload().isEmpty() ? "" : ":" + proto.getOverload());
        Graph body = new Graph(null, label, GraphProto.getDefaultInstance());
        for (String input : proto.getInputList()) {
            Value value = body.define(input);
            if (value.isInput()) {
                throw twice(value, "function input");
            }
            body.addInput(ValueInfoProto.getDefaultInstance(), value);
        }
        link(body, proto.getNodeList(), proto.getValueInfoList());
        for (String output : proto.getOutputList()) {
            body.addOutput(ValueInfoProto.getDefaultInstance(), body.define(output));
        }
        FunctionProto rest = proto.toBuilder()
                .clearInput()
                .clearOutput()
                .clearNode()
                .clearValueInfo()
                .build();
        return new Function(rest, body);
    }

    private void addInitializer(Graph graph, String name, Value.Held held) {
        if (name.isEmpty()) {
            throw new OnnxFormatException("an initializer has no name", where, "export the model again");
        }
        Value value = graph.define(name);
        if (value.isInitializer()) {
            throw twice(value, "initializer");
        }
        graph.addInitializer(value, held);
    }

    private void link(Graph graph, List<NodeProto> protos, List<ValueInfoProto> infos) {
        for (NodeProto proto : protos) {
            Node node = new Node(graph, proto);
            graph.addNode(node);
            for (String name : proto.getOutputList()) {
                node.addOutput(name.isEmpty() ? null : produced(graph, name));
            }
        }
        for (Node node : graph.nodes()) {
            for (String name : node.origin().getInputList()) {
                node.addInput(name.isEmpty() ? null : graph.visible(name).orElseGet(() -> graph.define(name)));
            }
        }
        // Attributes last: a nested graph may read any value of this one.
        for (Node node : graph.nodes()) {
            for (AttributeProto attribute : node.origin().getAttributeList()) {
                node.addAttribute(read(node, attribute), attribute);
            }
        }
        for (ValueInfoProto info : infos) {
            graph.value(info.getName())
                    .filter(value -> value.type() instanceof ValueType.Undeclared)
                    .ifPresent(value -> value.setType(ValueType.of(info.getType())));
            graph.addInfo(info);
        }
    }

    private Value produced(Graph graph, String name) {
        Value value = graph.define(name);
        if (value.producer().isPresent() || value.isInput() || value.isInitializer()) {
            throw twice(value, "node output");
        }
        return value;
    }

    private OnnxFormatException twice(Value value, String role) {
        return new OnnxFormatException(
                "the name '" + value.name() + "' is defined twice, once as a " + role,
                where + ", " + value.graph(),
                "every name of a graph has one origin; export the model again");
    }

    private Attribute read(Node node, AttributeProto proto) {
        String name = proto.getName();
        if (!proto.getRefAttrName().isEmpty()) {
            return new Attribute.Reference(name, proto.getRefAttrName());
        }
        return switch (kind(proto)) {
            case INT -> new Attribute.Int(name, proto.getI());
            case FLOAT -> new Attribute.Real(name, proto.getF());
            case STRING -> new Attribute.Text(name, proto.getS().toStringUtf8());
            case INTS -> new Attribute.Ints(name, proto.getIntsList());
            case FLOATS -> new Attribute.Reals(name, proto.getFloatsList());
            case STRINGS ->
                new Attribute.Texts(
                        name,
                        proto.getStringsList().stream()
                                .map(ByteString::toStringUtf8)
                                .toList());
            case TENSOR -> new Attribute.Tensor(name, tensors.read(proto.getT()));
            case SPARSE_TENSOR -> new Attribute.Tensor(name, tensors.readSparse(proto.getSparseTensor()));
            case GRAPH -> new Attribute.Bodies(name, List.of(read(node, name, proto.getG())));
            case GRAPHS -> bodies(node, proto);
            case TENSORS, SPARSE_TENSORS, TYPE_PROTO, TYPE_PROTOS, UNDEFINED -> {
                proto.getTensorsList().forEach(tensors::refuseExternal);
                yield new Attribute.Other(name);
            }
        };
    }

    private Attribute bodies(Node node, AttributeProto proto) {
        List<Graph> graphs = new ArrayList<>();
        for (GraphProto graph : proto.getGraphsList()) {
            graphs.add(read(node, proto.getName() + "[" + graphs.size() + "]", graph));
        }
        return new Attribute.Bodies(proto.getName(), graphs);
    }

    /// Files of IR version 1 leave the type out: there the field that is present tells.
    static AttributeProto.AttributeType kind(AttributeProto proto) {
        if (proto.getType() != AttributeProto.AttributeType.UNDEFINED) {
            return proto.getType();
        }
        if (proto.hasI()) {
            return AttributeProto.AttributeType.INT;
        }
        if (proto.hasF()) {
            return AttributeProto.AttributeType.FLOAT;
        }
        if (proto.hasS()) {
            return AttributeProto.AttributeType.STRING;
        }
        if (proto.hasT()) {
            return AttributeProto.AttributeType.TENSOR;
        }
        if (proto.hasG()) {
            return AttributeProto.AttributeType.GRAPH;
        }
        if (proto.getIntsCount() > 0) {
            return AttributeProto.AttributeType.INTS;
        }
        if (proto.getFloatsCount() > 0) {
            return AttributeProto.AttributeType.FLOATS;
        }
        return proto.getStringsCount() > 0
                ? AttributeProto.AttributeType.STRINGS
                : AttributeProto.AttributeType.UNDEFINED;
    }
}
