package dev.espalier.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.espalier.onnx.proto.SparseTensorProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Shape;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class SparseReaderTest {
    private static Constant.Sparse read(SparseTensorProto.Builder proto) {
        return (Constant.Sparse)
                new TensorReader(new ExternalData(null), new Blobs(), "model in memory").readSparse(proto.build());
    }

    private static SparseTensorProto.Builder sparse(TensorProto.Builder indices, float... values) {
        TensorProto.Builder stored =
                TensorProto.newBuilder().setName("w").setDataType(1).addDims(values.length);
        for (float value : values) {
            stored.addFloatData(value);
        }
        return SparseTensorProto.newBuilder()
                .setValues(stored)
                .setIndices(indices)
                .addDims(2)
                .addDims(3);
    }

    private static TensorProto.Builder linear(long... indices) {
        TensorProto.Builder proto = TensorProto.newBuilder().setDataType(7).addDims(indices.length);
        LongStream.of(indices).forEach(proto::addInt64Data);
        return proto;
    }

    private static void isElements(Constant.Sparse sparse, float... expected) {
        DenseTensor wanted = DenseTensor.of(Shape.of(2, 3), expected);
        assertThat(sparse.decode().data().mismatch(wanted.data())).isEqualTo(-1);
    }

    @Test
    void readsLinearIndices() {
        Constant.Sparse tensor = read(sparse(linear(0, 4), 1, 2));
        assertThat(tensor.defects()).isEmpty();
        isElements(tensor, 1, 0, 0, 0, 2, 0);
    }

    @Test
    void readsIndicesByAxis() {
        TensorProto.Builder indices =
                TensorProto.newBuilder().setDataType(7).addDims(2).addDims(2);
        LongStream.of(0, 1, 1, 2).forEach(indices::addInt64Data);
        Constant.Sparse tensor = read(sparse(indices, 1, 2));
        assertThat(tensor.defects()).isEmpty();
        isElements(tensor, 0, 1, 0, 0, 0, 2);
    }

    @Test
    void understandsTheNarrowIndicesOfOnnxRuntimeAndSaysThatTheyAreWrong() {
        TensorProto.Builder indices =
                TensorProto.newBuilder().setDataType(3).addDims(2).setRawData(ByteString.copyFrom(new byte[] {1, 5}));
        Constant.Sparse tensor = read(sparse(indices, 1, 2));
        assertThat(tensor.defects()).containsExactly("indices are i8, the standard allows i64 only");
        isElements(tensor, 0, 1, 0, 0, 0, 2);
    }

    @Test
    void sortsUnsortedIndicesAndLetsTheLaterOfTwoWin() {
        Constant.Sparse tensor = read(sparse(linear(4, 0, 4), 1, 2, 3));
        assertThat(tensor.defects()).containsExactly("indices are not in ascending order", "an index occurs twice");
        isElements(tensor, 2, 0, 0, 0, 3, 0);
    }

    @Test
    void findsStoredZeros() {
        assertThat(read(sparse(linear(0, 1), 0, 2)).defects()).containsExactly("1 of its 2 stored values are zero");
    }

    @Test
    void readsButDoesNotDecodeAnIndexOutOfRange() {
        Constant.Sparse tensor = read(sparse(linear(0, 6), 1, 2));
        assertThat(tensor.defects()).containsExactly("an index is out of range");
        assertThatThrownBy(tensor::decode)
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining("out of range");
    }

    @Test
    void doesNotDecodeWhatAFewBytesClaim() {
        SparseTensorProto.Builder huge = sparse(linear(0), 1).clearDims().addDims(1L << 40);
        assertThatThrownBy(read(huge)::decode)
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining("too large to decode");
    }

    @Test
    void refusesIndicesThatDoNotMatchTheValues() {
        assertThatThrownBy(() -> read(sparse(linear(0), 1, 2))).isInstanceOf(OnnxFormatException.class);
        TensorProto.Builder floats =
                TensorProto.newBuilder().setDataType(1).addDims(1).addFloatData(0);
        assertThatThrownBy(() -> read(sparse(floats, 1))).isInstanceOf(OnnxFormatException.class);
    }
}
