package dev.espalier.run;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.ModelProto;
import dev.espalier.onnx.proto.SparseTensorProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.pruning.Finding.Kind;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// Files that tools broke, or that are broken in the way in which tools break them: how each is made, and
/// what must be found in it. They are kept under `src/test/resources/museum`.
final class Museum {
    /// How a file is looked at.
    enum Look {
        /// Alone, by the manifest in it.
        ALONE,
        /// As what a tool made of its original.
        THROUGH
    }

    /// One file.
    ///
    /// @param byRuntime whether ONNX Runtime made it, so that another version may make another
    /// @param findings the kinds of all findings
    /// @param detail something that one of them says
    record Exhibit(
            String name,
            MuseumOriginals original,
            Look look,
            boolean byRuntime,
            Function<byte[], byte[]> make,
            Set<Kind> findings,
            String detail) {
        byte[] bytes() {
            return make.apply(original.bytes());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Exhibit> ALL = List.of(
            tampered(
                    "revived-zero",
                    MuseumOriginals.LINEAR_DENSE,
                    Museum::revive,
                    Set.of(Kind.ZERO_REVIVED),
                    "1 of 144"),
            tampered("lost-value", MuseumOriginals.LINEAR_DENSE, Museum::lose, Set.of(Kind.VALUE_LOST), "145 zeros"),
            tampered(
                    "moved-zero",
                    MuseumOriginals.LINEAR_DENSE,
                    graph -> {
                        revive(graph);
                        lose(graph);
                    },
                    Set.of(Kind.ZEROS_MOVED),
                    "144 zeros, as promised, but not the same ones"),
            tampered(
                    "duplicate-index",
                    MuseumOriginals.LINEAR_COO,
                    graph -> indices(graph).setInt64Data(1, indices(graph).getInt64Data(0)),
                    Set.of(Kind.INVALID_SPARSE, Kind.VALUE_LOST),
                    "an index occurs twice"),
            tampered(
                    "unsorted-indices",
                    MuseumOriginals.LINEAR_COO,
                    Museum::swap,
                    Set.of(Kind.INVALID_SPARSE),
                    "not in ascending order"),
            tampered(
                    "explicit-zero",
                    MuseumOriginals.LINEAR_COO,
                    Museum::storeAZero,
                    Set.of(Kind.INVALID_SPARSE),
                    "1 of its 49 stored values are zero"),
            tampered(
                    "unpruned-twin",
                    MuseumOriginals.LINEAR_COO,
                    Museum::leaveTheOriginal,
                    Set.of(Kind.TWIN_LEFT),
                    "it has the values of 'weight'"),
            tampered(
                    "renamed",
                    MuseumOriginals.LINEAR_DENSE,
                    Museum::rename,
                    Set.of(Kind.TENSOR_MISSING),
                    "'onnx::MatMul_17' has its zeros"),
            tampered(
                    "packed-past-its-end",
                    MuseumOriginals.LINEAR_GAP,
                    Museum::lengthenGaps,
                    Set.of(Kind.INVALID_SPARSE),
                    "its gaps lead to position"),
            tampered(
                    "zero-point",
                    MuseumOriginals.QUANTIZED,
                    Museum::storeZeroBytes,
                    Set.of(Kind.ZERO_REVIVED),
                    "144 of 144"),
            byRuntime(
                    "int32-indices",
                    MuseumOriginals.LINEAR_LARGE,
                    Look.ALONE,
                    OptLevel.NO_OPT,
                    Set.of(Kind.INVALID_SPARSE),
                    "indices are i32, the standard allows i64 only"),
            byRuntime(
                    "packed-folded",
                    MuseumOriginals.LINEAR_GAP,
                    Look.ALONE,
                    OptLevel.BASIC_OPT,
                    Set.of(Kind.DENSIFIED),
                    "gap"),
            byRuntime(
                    "batch-norm-fused",
                    MuseumOriginals.CONVOLUTION,
                    Look.THROUGH,
                    OptLevel.BASIC_OPT,
                    Set.of(Kind.DENSIFIED),
                    "zero for zero"),
            byRuntime(
                    "branch-weights-dropped",
                    MuseumOriginals.BRANCHES,
                    Look.THROUGH,
                    OptLevel.NO_OPT,
                    Set.of(Kind.TENSOR_MISSING, Kind.NOT_LOADABLE),
                    "no tensor has its zeros"),
            rewritten("nibbles", nibbles(false), Set.of(Kind.DENSIFIED), "as 'weight_Q4', zero for zero"),
            rewritten("nibbles-revived", nibbles(true), Set.of(Kind.TENSOR_MISSING), "no tensor has its zeros"),
            new Exhibit(
                    "half-of-it-float16",
                    MuseumOriginals.LINEAR_COO,
                    Look.THROUGH,
                    false,
                    edit(Museum::declareFloat16),
                    Set.of(Kind.NOT_LOADABLE),
                    "ONNX Runtime does not load it"));

    private Museum() {}

    private static Exhibit tampered(
            String name,
            MuseumOriginals original,
            Consumer<GraphProto.Builder> change,
            Set<Kind> findings,
            String detail) {
        return new Exhibit(name, original, Look.ALONE, false, edit(change), findings, detail);
    }

    private static Exhibit rewritten(String name, Function<byte[], byte[]> make, Set<Kind> findings, String detail) {
        return new Exhibit(name, MuseumOriginals.LINEAR_COO, Look.THROUGH, false, make, findings, detail);
    }

    private static Exhibit byRuntime(
            String name, MuseumOriginals original, Look look, OptLevel level, Set<Kind> findings, String detail) {
        return new Exhibit(name, original, look, true, bytes -> saveAgain(bytes, level), findings, detail);
    }

    private static byte[] saveAgain(byte[] model, OptLevel level) {
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            Path in = Files.write(folder.file("in.onnx"), model);
            return Files.readAllBytes(
                    new Resaver.Optimizer(level, false).save(in, folder.path()).readable());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ModelRunException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Function<byte[], byte[]> edit(Consumer<GraphProto.Builder> change) {
        return bytes -> {
            ModelProto.Builder model = parse(bytes).toBuilder();
            change.accept(model.getGraphBuilder());
            return model.build().toByteArray();
        };
    }

    private static ModelProto parse(byte[] bytes) {
        try {
            return ModelProto.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TensorProto.Builder initializer(GraphProto.Builder graph, String name) {
        return graph.getInitializerBuilderList().stream()
                .filter(tensor -> tensor.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /// A dense f32 tensor's elements, to be changed and put back.
    private static ByteBuffer elements(TensorProto.Builder tensor) {
        return ByteBuffer.wrap(tensor.getRawData().toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// The first zero.
    private static void revive(GraphProto.Builder graph) {
        TensorProto.Builder weight = initializer(graph, "weight");
        ByteBuffer elements = elements(weight);
        int at = 0;
        while (elements.getFloat(at) != 0) {
            at += Float.BYTES;
        }
        elements.putFloat(at, 1e-3f);
        weight.setRawData(ByteString.copyFrom(elements.rewind()));
    }

    /// The last value.
    private static void lose(GraphProto.Builder graph) {
        TensorProto.Builder weight = initializer(graph, "weight");
        ByteBuffer elements = elements(weight);
        int at = elements.capacity() - Float.BYTES;
        while (elements.getFloat(at) == 0) {
            at -= Float.BYTES;
        }
        elements.putFloat(at, 0);
        weight.setRawData(ByteString.copyFrom(elements.rewind()));
    }

    private static TensorProto.Builder indices(GraphProto.Builder graph) {
        return graph.getSparseInitializerBuilder(0).getIndicesBuilder();
    }

    private static void swap(GraphProto.Builder graph) {
        TensorProto.Builder indices = indices(graph);
        long first = indices.getInt64Data(0);
        indices.setInt64Data(0, indices.getInt64Data(1)).setInt64Data(1, first);
    }

    private static void storeAZero(GraphProto.Builder graph) {
        SparseTensorProto.Builder sparse = graph.getSparseInitializerBuilder(0);
        TensorProto.Builder indices = sparse.getIndicesBuilder();
        int count = indices.getInt64DataCount();
        int at = 1;
        while (indices.getInt64Data(at) == indices.getInt64Data(at - 1) + 1) {
            at++;
        }
        List<Long> positions = new ArrayList<>(indices.getInt64DataList());
        positions.add(at, positions.get(at - 1) + 1);
        indices.clearInt64Data().addAllInt64Data(positions);
        indices.setDims(0, count + 1);
        TensorProto.Builder values = sparse.getValuesBuilder();
        List<Float> stored = new ArrayList<>(values.getFloatDataList());
        stored.add(at, 0f);
        values.setDims(0, count + 1).clearFloatData().addAllFloatData(stored);
    }

    /// As onnxsim's pruner does.
    private static void leaveTheOriginal(GraphProto.Builder graph) {
        graph.addInitializer(parse(MuseumOriginals.LINEAR_DENSE.unpruned()).getGraph().getInitializer(0).toBuilder()
                .setName("weight_original"));
    }

    /// As exporters name what they have folded.
    private static void rename(GraphProto.Builder graph) {
        initializer(graph, "weight").setName("onnx::MatMul_17");
        graph.getNodeBuilder(0).setInput(1, "onnx::MatMul_17");
    }

    private static void lengthenGaps(GraphProto.Builder graph) {
        TensorProto.Builder gaps = initializer(graph, "weight.gaps");
        byte[] bytes = gaps.getRawData().toByteArray();
        Arrays.fill(bytes, (byte) 254);
        gaps.setRawData(ByteString.copyFrom(bytes));
    }

    /// Zero as a byte is not zero as a number.
    private static void storeZeroBytes(GraphProto.Builder graph) {
        TensorProto.Builder weight = initializer(graph, "weight");
        byte[] bytes = weight.getRawData().toByteArray();
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bytes[i] == 127 ? 0 : bytes[i];
        }
        weight.setRawData(ByteString.copyFrom(bytes));
    }

    /// As float16 converters do, which do not know of sparse tensors.
    private static void declareFloat16(GraphProto.Builder graph) {
        int half = TensorProto.DataType.FLOAT16_VALUE;
        graph.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().setElemType(half);
        graph.getOutputBuilder(0).getTypeBuilder().getTensorTypeBuilder().setElemType(half);
    }

    /// MatMulNBits with 4 bits, of which 8 stands for zero: two zeros are the byte 0x88, or 136.
    private static Function<byte[], byte[]> nibbles(boolean isRevived) {
        return bytes -> {
            long[] indices = parse(bytes).getGraph().getSparseInitializer(0).getIndices().getInt64DataList().stream()
                    .mapToLong(Long::longValue)
                    .toArray();
            long[] packed = new long[12 * 8];
            Arrays.fill(packed, 0x88);
            for (long index : indices) {
                long k = index / 12;
                long n = index % 12;
                packed[(int) (n * 8 + k / 2)] ^= 1L << (k % 2 * 4);
            }
            packed[5] ^= isRevived ? 0x22 : 0;
            float[] scales = new float[12];
            Arrays.fill(scales, 0.1f);
            return ModelBuilder.opset(17)
                    .opset("com.microsoft", 1)
                    .input("x", ElementType.F32, "N", 16)
                    .initializer("weight_Q4", DenseTensor.ofBits(ElementType.U8, Shape.of(12, 1, 8), packed))
                    .initializer("weight_scales", DenseTensor.of(Shape.of(12), scales))
                    .node(
                            "com.microsoft",
                            "MatMulNBits",
                            List.of("x", "weight_Q4", "weight_scales"),
                            List.of("z"),
                            "K",
                            16,
                            "N",
                            12,
                            "bits",
                            4,
                            "block_size",
                            16)
                    .node("Relu", List.of("z"), List.of("y"))
                    .output("y", ElementType.F32, "N", 12)
                    .toBytes();
        };
    }
}
