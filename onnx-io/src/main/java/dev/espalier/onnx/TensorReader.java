package dev.espalier.onnx;

import dev.espalier.onnx.proto.SparseTensorProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// TensorProto and SparseTensorProto to [Constant]. Sizes are checked at once, so that a tensor that was read has all
/// its data; elements of typed fields are decoded when they are asked for.
final class TensorReader {
    private static final String HINT = "the file was written wrongly or is damaged: export it again";

    private final ExternalData external;
    private final Blobs blobs;
    private final String where;

    /// @param blobs what messages stand in for
    TensorReader(ExternalData external, Blobs blobs, String where) {
        this.external = external;
        this.blobs = blobs;
        this.where = where;
    }

    Constant read(TensorProto proto) {
        ElementType type = OnnxTypes.of(proto.getDataType());
        Shape shape = shape(proto.getDimsList(), proto.getName());
        boolean isExternal = proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
        if (type == ElementType.UNKNOWN || type == ElementType.STRING) {
            refuseExternal(proto);
            return new Constant.Opaque(type, shape);
        }
        if (isExternal) {
            String place = place(proto.getName());
            ExternalData.Range range =
                    external.range(proto.getExternalDataList(), type.byteCount(shape.elementCount()), place);
            return new Constant.External(new DenseTensor(type, shape, external.read(range, place)), range);
        }
        if (proto.hasRawData() || proto.hasBlob()) {
            MemorySegment raw = proto.hasBlob()
                    ? blobs.get(proto.getBlob())
                    : MemorySegment.ofBuffer(proto.getRawData().asReadOnlyByteBuffer());
            require(raw.byteSize(), type.byteCount(shape.elementCount()), "bytes", type, shape, proto.getName());
            return Constant.Dense.raw(new DenseTensor(type, shape, raw));
        }
        require(
                TypedField.count(proto, type),
                TypedField.expected(type, shape.elementCount()),
                "entries",
                type,
                shape,
                proto.getName());
        return new Constant.Dense(type, shape, true, () -> TypedField.decode(proto, type, shape));
    }

    Constant readSparse(SparseTensorProto proto) {
        Shape shape = shape(proto.getDimsList(), proto.getValues().getName());
        return new SparseReader(this, proto, shape, place(proto.getValues().getName())).read();
    }

    /// Lists of tensors in an attribute are carried along as they are, which external data cannot be.
    void refuseExternal(TensorProto proto) {
        if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            throw new ExternalDataException(
                    "external data in a place where none is supported (strings, or a list of tensors)",
                    place(proto.getName()),
                    "store this tensor in the model file");
        }
    }

    private Shape shape(List<Long> dims, String name) {
        long[] sizes = dims.stream().mapToLong(Long::longValue).toArray();
        if (!Shape.isValid(sizes)) {
            throw new OnnxFormatException("dimensions " + dims + " are negative or too large", place(name), HINT);
        }
        return Shape.of(sizes);
    }

    private void require(long actual, long expected, String unit, ElementType type, Shape shape, String name) {
        if (actual != expected) {
            throw new OnnxFormatException(
                    "tensor data does not match its shape: " + type + " " + shape + " takes " + expected + " " + unit
                            + ", there are " + actual,
                    place(name),
                    HINT);
        }
    }

    String place(String name) {
        return name.isEmpty() ? where : where + ", tensor '" + name + "'";
    }
}
