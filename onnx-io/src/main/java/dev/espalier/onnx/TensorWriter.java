package dev.espalier.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.SparseTensorProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.sparse.CooTensor;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// [Constant] to TensorProto or SparseTensorProto, or to the part of a GraphProto that decodes it.
final class TensorWriter {
    /// Nothing is taken out: messages have all their data.
    static final @Nullable Blobs WHOLE = null;

    private final ExternalLayout layout;
    private final @Nullable Blobs blobs;
    private final PackedWriter packed;

    /// @param blobs where large data goes that messages then stand in for, or [#WHOLE]
    /// @param taken names that new nodes and tensors must not have; those that they get are added
    TensorWriter(ExternalLayout layout, @Nullable Blobs blobs, Set<String> taken) {
        this.layout = layout;
        this.blobs = blobs;
        this.packed = new PackedWriter(this, taken);
    }

    /// @param origin the message the constant, or the one that it replaces, was read from
    /// @return a TensorProto, a SparseTensorProto or, of a packed constant, a GraphProto of what decodes it
    Message write(Constant constant, @Nullable Message origin, boolean replaced, String name) {
        return switch (constant) {
            case Constant.Dense dense when !replaced && origin != null -> origin;
            case Constant.Dense dense -> dense(dense, rest(origin, name));
            case Constant.External external -> external(external, rest(origin, name));
            case Constant.Sparse sparse when !replaced && origin != null && !hasExternalData(origin) -> origin;
            case Constant.Sparse sparse -> sparse(sparse.tensor(), rest(origin, name));
            case Constant.Packed constantOfParts ->
                packed.write(constantOfParts, replaced ? null : origin, rest(origin, name), name);
            case Constant.Opaque opaque when origin != null -> origin;
            case Constant.Opaque opaque -> throw new IllegalStateException("nothing to write for '" + name + "'");
        };
    }

    /// A TensorProto without data.
    static TensorProto header(ElementType type, Shape shape, @Nullable Message origin, String name) {
        TensorProto.Builder header = rest(origin, name);
        describe(type, shape, header);
        return header.build();
    }

    /// Name, documentation, metadata and unknown fields, without the data.
    private static TensorProto.Builder rest(@Nullable Message origin, String name) {
        TensorProto old = switch (origin) {
            case TensorProto tensor -> tensor;
            case SparseTensorProto sparse -> sparse.getValues();
            case GraphProto nodes -> PackedWriter.valuesOf(nodes, name);
            case null, default -> TensorProto.newBuilder().setName(name).build();
        };
        return old.toBuilder()
                .clearDims()
                .clearFloatData()
                .clearInt32Data()
                .clearStringData()
                .clearInt64Data()
                .clearDoubleData()
                .clearUint64Data()
                .clearRawData()
                .clearBlob()
                .clearBlobBytes()
                .clearExternalData()
                .clearDataLocation();
    }

    private static boolean hasExternalData(Message origin) {
        return origin instanceof SparseTensorProto sparse
                && (sparse.getValues().getExternalDataCount() > 0
                        || sparse.getIndices().getExternalDataCount() > 0);
    }

    private TensorProto dense(Constant.Dense constant, TensorProto.Builder to) {
        DenseTensor tensor = constant.decode();
        describe(tensor.type(), tensor.shape(), to);
        if (constant.isTyped()) {
            TypedField.write(tensor, to);
        } else {
            setRawData(tensor, to);
        }
        return to.build();
    }

    private TensorProto external(Constant.External constant, TensorProto.Builder to) {
        describe(constant.type(), constant.shape(), to);
        return to.setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addAllExternalData(layout.entries(constant))
                .build();
    }

    private SparseTensorProto sparse(CooTensor tensor, TensorProto.Builder values) {
        describe(tensor.type(), Shape.of(tensor.count()), values);
        // f32 and f64 take as many bytes either way, and some readers see only zeros in raw values; for the others a
        // typed field would be longer.
        if (tensor.type() == ElementType.F32 || tensor.type() == ElementType.F64) {
            TypedField.write(tensor.values(), values);
        } else {
            setRawData(tensor.values(), values);
        }
        TensorProto.Builder indices = TensorProto.newBuilder();
        describe(ElementType.I64, Shape.of(tensor.count()), indices);
        for (int k = 0; k < tensor.count(); k++) {
            indices.addInt64Data(tensor.indexAt(k));
        }
        SparseTensorProto.Builder sparse =
                SparseTensorProto.newBuilder().setValues(values).setIndices(indices);
        for (long dim : tensor.shape().dims()) {
            sparse.addDims(dim);
        }
        return sparse.build();
    }

    private static void describe(ElementType type, Shape shape, TensorProto.Builder to) {
        to.setDataType(OnnxTypes.number(type));
        for (long dim : shape.dims()) {
            to.addDims(dim);
        }
    }

    private void setRawData(DenseTensor tensor, TensorProto.Builder to) {
        MemorySegment data = tensor.data();
        if (blobs == null || data.byteSize() < RawDataWire.SHORTEST_BLOB) {
            to.setRawData(ByteString.copyFrom(data.asByteBuffer()));
        } else {
            to.setBlob(blobs.add(data)).setBlobBytes(data.byteSize());
        }
    }
}
