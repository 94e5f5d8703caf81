package dev.espalier.onnx;

import dev.espalier.onnx.proto.AttributeProto;
import dev.espalier.onnx.proto.FunctionProto;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.ModelProto;
import dev.espalier.onnx.proto.NodeProto;
import dev.espalier.onnx.proto.SparseTensorProto;
import dev.espalier.onnx.proto.TrainingInfoProto;
import org.jspecify.annotations.Nullable;

/// The messages of a model through which tensors can be reached, and which fields lead on to them. Protobuf's
/// descriptors say the same, but loading these is a tenth of the time that looking at a small model takes.
enum MessageKind {
    /// `ModelProto`.
    MODEL,
    /// `TrainingInfoProto`.
    TRAINING_INFO,
    /// `FunctionProto`.
    FUNCTION,
    /// `GraphProto`.
    GRAPH,
    /// `NodeProto`.
    NODE,
    /// `AttributeProto`.
    ATTRIBUTE,
    /// `SparseTensorProto`.
    SPARSE_TENSOR,
    /// `TensorProto`.
    TENSOR;

    /// What a field of this message is; null if it leads to no tensor.
    @Nullable
    MessageKind at(int field) {
        return switch (this) {
            case MODEL ->
                switch (field) {
                    case ModelProto.GRAPH_FIELD_NUMBER -> GRAPH;
                    case ModelProto.TRAINING_INFO_FIELD_NUMBER -> TRAINING_INFO;
                    case ModelProto.FUNCTIONS_FIELD_NUMBER -> FUNCTION;
                    default -> null;
                };
            case TRAINING_INFO ->
                switch (field) {
                    case TrainingInfoProto.INITIALIZATION_FIELD_NUMBER, TrainingInfoProto.ALGORITHM_FIELD_NUMBER ->
                        GRAPH;
                    default -> null;
                };
            case FUNCTION ->
                switch (field) {
                    case FunctionProto.NODE_FIELD_NUMBER -> NODE;
                    case FunctionProto.ATTRIBUTE_PROTO_FIELD_NUMBER -> ATTRIBUTE;
                    default -> null;
                };
            case GRAPH ->
                switch (field) {
                    case GraphProto.NODE_FIELD_NUMBER -> NODE;
                    case GraphProto.INITIALIZER_FIELD_NUMBER -> TENSOR;
                    case GraphProto.SPARSE_INITIALIZER_FIELD_NUMBER -> SPARSE_TENSOR;
                    default -> null;
                };
            case NODE -> field == NodeProto.ATTRIBUTE_FIELD_NUMBER ? ATTRIBUTE : null;
            case ATTRIBUTE ->
                switch (field) {
                    case AttributeProto.T_FIELD_NUMBER, AttributeProto.TENSORS_FIELD_NUMBER -> TENSOR;
                    case AttributeProto.G_FIELD_NUMBER, AttributeProto.GRAPHS_FIELD_NUMBER -> GRAPH;
                    case AttributeProto.SPARSE_TENSOR_FIELD_NUMBER, AttributeProto.SPARSE_TENSORS_FIELD_NUMBER ->
                        SPARSE_TENSOR;
                    default -> null;
                };
            case SPARSE_TENSOR ->
                switch (field) {
                    case SparseTensorProto.VALUES_FIELD_NUMBER, SparseTensorProto.INDICES_FIELD_NUMBER -> TENSOR;
                    default -> null;
                };
            case TENSOR -> null;
        };
    }
}
