package dev.espalier.onnx;

import dev.espalier.onnx.proto.TensorShapeProto;
import dev.espalier.onnx.proto.TypeProto;
import dev.espalier.onnx.proto.ValueInfoProto;
import dev.espalier.sparse.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The declared type of a value (TypeProto).
public sealed interface ValueType {
    /// A dense tensor.
    ///
    /// @param dims the declared shape; null if not even the rank is declared
    record Tensor(ElementType element, @Nullable List<Dimension> dims) implements ValueType {
        @Override
        public String toString() {
            return element + dimensions(dims);
        }
    }

    /// A sparse tensor, which only a few operators take.
    record SparseTensor(ElementType element, @Nullable List<Dimension> dims) implements ValueType {
        @Override
        public String toString() {
            return "sparse " + element + dimensions(dims);
        }
    }

    /// A list of values of one type.
    record Sequence(ValueType of) implements ValueType {
        @Override
        public String toString() {
            return "sequence(" + of + ")";
        }
    }

    /// A dictionary.
    record Dictionary(ElementType key, ValueType value) implements ValueType {
        @Override
        public String toString() {
            return "map(" + key + ", " + value + ")";
        }
    }

    /// A value that may be absent.
    record Maybe(ValueType of) implements ValueType {
        @Override
        public String toString() {
            return "optional(" + of + ")";
        }
    }

    /// Not declared, or of a kind that is not known here.
    record Undeclared() implements ValueType {
        @Override
        public String toString() {
            return "?";
        }
    }

    /// Reads a TypeProto.
    static ValueType of(TypeProto proto) {
        return switch (proto.getValueCase()) {
            case TENSOR_TYPE ->
                new Tensor(
                        OnnxTypes.of(proto.getTensorType().getElemType()),
                        proto.getTensorType().hasShape()
                                ? dims(proto.getTensorType().getShape())
                                : null);
            case SPARSE_TENSOR_TYPE ->
                new SparseTensor(
                        OnnxTypes.of(proto.getSparseTensorType().getElemType()),
                        proto.getSparseTensorType().hasShape()
                                ? dims(proto.getSparseTensorType().getShape())
                                : null);
            case SEQUENCE_TYPE -> new Sequence(of(proto.getSequenceType().getElemType()));
            case OPTIONAL_TYPE -> new Maybe(of(proto.getOptionalType().getElemType()));
            case MAP_TYPE ->
                new Dictionary(
                        OnnxTypes.of(proto.getMapType().getKeyType()),
                        of(proto.getMapType().getValueType()));
            case OPAQUE_TYPE, VALUE_NOT_SET -> new Undeclared();
        };
    }

    /// A declaration of a tensor of any shape.
    static ValueInfoProto declareAnyShape(String name, ElementType type) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(OnnxTypes.number(type))))
                .build();
    }

    /// The same type with other sizes along some axes; one without a declared shape stays as it is.
    static ValueType resized(ValueType type, Map<Integer, Long> sizes) {
        if (!(type instanceof Tensor(ElementType element, List<Dimension> dims)) || dims == null) {
            return type;
        }
        List<Dimension> changed = new ArrayList<>(dims);
        sizes.forEach((axis, size) -> {
            if (axis < changed.size()) {
                changed.set(axis, new Dimension.Known(size));
            }
        });
        return new Tensor(element, List.copyOf(changed));
    }

    /// The declaration of a value as a dense tensor.
    ///
    /// @param dims integers, or names of sizes that are not fixed
    static ValueInfoProto declare(String name, ElementType type, Object... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object dim : dims) {
            if (dim instanceof Number size) {
                shape.addDimBuilder().setDimValue(size.longValue());
            } else {
                shape.addDimBuilder().setDimParam(dim.toString());
            }
        }
        TypeProto.Tensor tensor = TypeProto.Tensor.newBuilder()
                .setElemType(OnnxTypes.number(type))
                .setShape(shape)
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    private static List<Dimension> dims(TensorShapeProto shape) {
        return shape.getDimList().stream().map(ValueType::dimension).toList();
    }

    private static Dimension dimension(TensorShapeProto.Dimension dim) {
        return switch (dim.getValueCase()) {
            case DIM_VALUE -> new Dimension.Known(dim.getDimValue());
            case DIM_PARAM ->
                dim.getDimParam().isEmpty() ? new Dimension.Unknown() : new Dimension.Named(dim.getDimParam());
            case VALUE_NOT_SET -> new Dimension.Unknown();
        };
    }

    private static String dimensions(@Nullable List<Dimension> dims) {
        return dims == null ? "" : dims.stream().map(Dimension::toString).collect(Collectors.joining(",", "[", "]"));
    }
}
