package dev.espalier.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import java.nio.ByteBuffer;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TensorReaderTest {
    private static Constant read(TensorProto.Builder proto) {
        return new TensorReader(new ExternalData(null), new Blobs(), "model in memory").read(proto.build());
    }

    private static TensorProto.Builder tensor(TensorProto.DataType type, long... dims) {
        TensorProto.Builder proto = TensorProto.newBuilder().setName("w").setDataType(type.getNumber());
        for (long dim : dims) {
            proto.addDims(dim);
        }
        return proto;
    }

    private static long[] bits(Constant constant) {
        DenseTensor tensor = constant.decode();
        long[] bits = new long[(int) tensor.elementCount()];
        tensor.readBits(0, bits.length, bits);
        return bits;
    }

    @Test
    void decodesTypedFields() {
        assertThat(bits(read(
                        tensor(TensorProto.DataType.FLOAT, 2).addFloatData(1).addFloatData(-2))))
                .containsExactly(Float.floatToRawIntBits(1), Float.floatToRawIntBits(-2) & 0xFFFF_FFFFL);
        assertThat(bits(read(tensor(TensorProto.DataType.DOUBLE, 1).addDoubleData(3))))
                .containsExactly(Double.doubleToRawLongBits(3));
        assertThat(bits(read(tensor(TensorProto.DataType.INT64, 1).addInt64Data(-1))))
                .containsExactly(-1);
        assertThat(bits(read(tensor(TensorProto.DataType.UINT32, 1).addUint64Data(0xFFFF_FFFFL))))
                .containsExactly(0xFFFF_FFFFL);
        assertThat(bits(read(
                        tensor(TensorProto.DataType.INT8, 2).addInt32Data(-1).addInt32Data(7))))
                .containsExactly(0xFF, 7);
        assertThat(bits(read(tensor(TensorProto.DataType.FLOAT16, 1).addInt32Data(0x3C00))))
                .containsExactly(0x3C00);
        assertThat(bits(read(tensor(TensorProto.DataType.BFLOAT16, 1).addInt32Data(0x3F80))))
                .containsExactly(0x3F80);
        assertThat(bits(read(
                        tensor(TensorProto.DataType.BOOL, 2).addInt32Data(1).addInt32Data(0))))
                .containsExactly(1, 0);
    }

    @ParameterizedTest
    @CsvSource({"INT16, -3, 300", "INT32, -3, 70000", "UINT16, 65533, 300", "FLOAT16, 15360, 0", "BFLOAT16, 16256, 0"})
    void writesChangedIntegersAsTheFieldHasThem(TensorProto.DataType type, int first, int second) {
        TensorProto.Builder proto = tensor(type, 2).addInt32Data(first).addInt32Data(second);
        Constant typed = read(proto);
        Constant changed = typed.withElements(typed.decode());
        assertThat(new TensorWriter(ExternalLayout.none(), TensorWriter.WHOLE, Set.of())
                        .write(changed, null, true, "w"))
                .isEqualTo(proto.build());
    }

    @Test
    void decodesPackedElements() {
        assertThat(bits(read(
                        tensor(TensorProto.DataType.UINT4, 3).addInt32Data(0x21).addInt32Data(0x03))))
                .containsExactly(1, 2, 3);
        assertThat(bits(read(tensor(TensorProto.DataType.UINT2, 5)
                        .addInt32Data(0b11_10_01_00)
                        .addInt32Data(2))))
                .containsExactly(0, 1, 2, 3, 2);
        assertThat(bits(read(tensor(TensorProto.DataType.FLOAT6E2M3, 5)
                        .addInt32Data(0x3F)
                        .addInt32Data(0)
                        .addInt32Data(0x2A)
                        .addInt32Data(1)
                        .addInt32Data(0x15))))
                .containsExactly(0x3F, 0, 0x2A, 1, 0x15);
        assertThat(bits(read(
                        tensor(TensorProto.DataType.INT4, 3).setRawData(ByteString.copyFrom(new byte[] {0x21, 3})))))
                .containsExactly(1, 2, 3);
    }

    @Test
    void doesNotCopyLargeRawData() {
        byte[] file = ModelBuilder.opset(17)
                .initializer("w", DenseTensor.of(Shape.of(100), new float[100]))
                .toBytes();
        ByteBuffer memory = ByteBuffer.allocateDirect(file.length).put(file).flip();
        Constant constant = OnnxReader.read(memory)
                .graph()
                .value("w")
                .flatMap(Value::constant)
                .orElseThrow();
        // All its data is zero, so the last byte of the longest run of zeros is in it.
        for (int i = 0; i < memory.capacity(); i++) {
            if (memory.get(i) == 0 && memory.get(i + 300) == 0) {
                memory.put(i + 300, (byte) 5);
                break;
            }
        }
        assertThat(Mask.ofNonZeros(constant.decode(), Quantization.NONE).keptCount())
                .isEqualTo(1);
    }

    @Test
    void carriesStringsAndTypesOfTomorrowAlong() {
        assertThat(read(tensor(TensorProto.DataType.STRING, 1).addStringData(ByteString.copyFromUtf8("s"))))
                .isInstanceOf(Constant.Opaque.class);
        assertThat(read(TensorProto.newBuilder().setDataType(77).addDims(3)).type())
                .isEqualTo(ElementType.UNKNOWN);
    }

    @Test
    void refusesDataThatDoesNotMatchItsShape() {
        assertThatThrownBy(
                        () -> read(tensor(TensorProto.DataType.FLOAT, 3).setRawData(ByteString.copyFrom(new byte[8]))))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessage("tensor data does not match its shape: f32 3 takes 12 bytes, there are 8");
        assertThatThrownBy(() -> read(tensor(TensorProto.DataType.FLOAT, 3).addFloatData(1)))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining("takes 3 entries, there are 1");
    }

    @Test
    void refusesDimensionsThatOverflow() {
        assertThatThrownBy(() -> read(tensor(TensorProto.DataType.FLOAT, 1L << 40, 1L << 40)))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining("negative or too large");
        assertThatThrownBy(() -> read(tensor(TensorProto.DataType.FLOAT, -1))).isInstanceOf(OnnxFormatException.class);
    }

    @Test
    void readsTheTypesOfEveryStandardWidth() {
        for (TensorProto.DataType type : TensorProto.DataType.values()) {
            ElementType element = OnnxTypes.of(type.getNumber());
            if (element.bits() > 0) {
                byte[] zeros = new byte[(int) element.byteCount(10)];
                Constant constant = read(tensor(type, 10).setRawData(ByteString.copyFrom(zeros)));
                assertThat(constant.type()).isEqualTo(element);
                if (element.isCountable()) {
                    assertThat(Mask.ofNonZeros(constant.decode(), Quantization.NONE)
                                    .zeroCount())
                            .isEqualTo(10);
                }
            }
        }
    }
}
