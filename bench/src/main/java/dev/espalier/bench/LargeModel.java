package dev.espalier.bench;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.MoveDataOut;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/// Writes a model of normally distributed f32 weights in external data: MatMul after MatMul, each of 64 MiB, and if it
/// is
/// asked for, a last one of more than 2 GiB.
public final class LargeModel {
    private static final long SIDE = 4096;
    private static final long WIDE = 140_000;
    private static final long LAYER = SIDE * SIDE * Float.BYTES;
    private static final int CHUNK = 1 << 20;
    private static final long SEED = 20_260_102;

    private LargeModel() {}

    /// @param args the file, how many MiB of weights, and perhaps `wide`
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        boolean hasWide = args.length > 2;
        long wide = hasWide ? SIDE * WIDE * Float.BYTES : 0;
        long layers = ((Long.parseLong(args[1]) << 20) - wide) / LAYER;
        Path scratch = Files.createTempFile(file.toAbsolutePath().getParent(), "weights", ".tmp");
        try (Arena arena = Arena.ofShared();
                FileChannel channel = FileChannel.open(scratch, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment weights = channel.map(FileChannel.MapMode.READ_WRITE, 0, layers * LAYER + wide, arena);
            fill(weights);
            OnnxWriter.write(model(weights, layers, hasWide), file);
        } finally {
            Files.delete(scratch);
        }
    }

    private static void fill(MemorySegment weights) {
        long count = weights.byteSize() / Float.BYTES;
        LongStream.range(0, Math.ceilDiv(count, (long) CHUNK)).parallel().forEach(chunk -> {
            SplittableRandom random = new SplittableRandom(SEED + chunk);
            for (long i = chunk * CHUNK; i < Math.min(count, (chunk + 1) * CHUNK); i++) {
                weights.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
            }
        });
    }

    private static Model model(MemorySegment weights, long layers, boolean hasWide) {
        ModelBuilder builder = ModelBuilder.opset(17).input("x0", ElementType.F32, "n", SIDE);
        // A builder copies what it is given into messages, which hold no 2 GiB: the weights take their places later.
        DenseTensor place = DenseTensor.zeros(ElementType.F32, Shape.of(0, 0));
        Map<String, DenseTensor> tensors = new LinkedHashMap<>();
        for (long i = 0; i < layers; i++) {
            tensors.put("w" + i, tensor(weights.asSlice(i * LAYER, LAYER), SIDE));
            builder.initializer("w" + i, place).node("MatMul", List.of("x" + i, "w" + i), List.of("x" + (i + 1)));
        }
        String last = "x" + layers;
        if (hasWide) {
            tensors.put("wide", tensor(weights.asSlice(layers * LAYER), WIDE));
            builder.initializer("wide", place).node("MatMul", List.of(last, "wide"), List.of("y"));
            last = "y";
        }
        Model model = builder.output(last, ElementType.F32, "n").build();
        GraphPatch patch = GraphPatch.labelled("fill");
        tensors.forEach(
                (name, tensor) -> patch.resizeConstant(model.graph().value(name).orElseThrow(), Constant.of(tensor)));
        patch.apply();
        new MoveDataOut().apply(model);
        return model;
    }

    private static DenseTensor tensor(MemorySegment data, long columns) {
        return new DenseTensor(ElementType.F32, Shape.of(SIDE, columns), data);
    }
}
