package dev.espalier.run;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.EncodingChoice;
import dev.espalier.pruning.Progress;
import dev.espalier.pruning.PruneRequest;
import dev.espalier.pruning.Pruner;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/// Pruned models in good order, of which the museum's broken files were made. Each has a tensor `weight`.
@SuppressWarnings("ImmutableEnumChecker") // nothing changes the builders
enum MuseumOriginals {
    LINEAR_DENSE("dense", "0.75", linear(16, 12)),
    LINEAR_COO("coo", "0.75", linear(16, 12)),
    LINEAR_GAP("gap", "0.75", linear(32, 24)),
    /// So many elements that their positions take 32 bits.
    LINEAR_LARGE("coo", "0.99", linear(300, 256)),
    CONVOLUTION("coo", "0.75", convolution()),
    BRANCHES("coo", "0.75", branches()),
    QUANTIZED("dense", "0.75", quantized());

    private final String encoding;
    private final String sparsity;
    private final ModelBuilder model;

    MuseumOriginals(String encoding, String sparsity, ModelBuilder model) {
        this.encoding = encoding;
        this.sparsity = sparsity;
        this.model = model;
    }

    /// The file before it was pruned.
    byte[] unpruned() {
        return model.toBytes();
    }

    /// The pruned file.
    byte[] bytes() {
        Model pruned = OnnxReader.read(ByteBuffer.wrap(model.toBytes()));
        PruneRequest request = PruneRequest.of(Sparsity.parse(sparsity), Scopes.LAYER);
        Pruner.apply(
                pruned,
                PruningPlan.of(WeightSearch.in(pruned), request),
                EncodingChoice.parse(encoding),
                Progress.NONE);
        try {
            Path file = Files.createTempFile("museum", ".onnx");
            OnnxWriter.write(pruned, file);
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] reals(int count) {
        Random random = new Random(7);
        float[] reals = new float[count];
        for (int i = 0; i < count; i++) {
            reals[i] = random.nextFloat() - 0.5f;
        }
        return reals;
    }

    private static ModelBuilder linear(int rows, int columns) {
        return ModelBuilder.opset(17)
                .input("x", ElementType.F32, "N", rows)
                .initializer("weight", DenseTensor.of(Shape.of(rows, columns), reals(rows * columns)))
                .node("MatMul", List.of("x", "weight"), List.of("z"))
                .node("Relu", List.of("z"), List.of("y"))
                .output("y", ElementType.F32, "N", columns);
    }

    private static ModelBuilder convolution() {
        return ModelBuilder.opset(17)
                .input("x", ElementType.F32, "N", 3, 8, 8)
                .initializer("weight", DenseTensor.of(Shape.of(8, 3, 3, 3), reals(216)))
                .initializer("scale", DenseTensor.of(Shape.of(8), 1, 2, 3, 4, 5, 6, 7, 8))
                .initializer("bias", DenseTensor.of(Shape.of(8), 1, 1, 1, 1, 1, 1, 1, 1))
                .initializer("mean", DenseTensor.of(Shape.of(8), 0, 0, 0, 0, 0, 0, 0, 1))
                .initializer("variance", DenseTensor.of(Shape.of(8), 1, 1, 1, 1, 2, 2, 2, 2))
                .node("Conv", List.of("x", "weight"), List.of("z"))
                .node("BatchNormalization", List.of("z", "scale", "bias", "mean", "variance"), List.of("y"))
                .output("y", ElementType.F32, "N", 8, 6, 6);
    }

    private static ModelBuilder branches() {
        ModelBuilder then = ModelBuilder.opset(17)
                .initializer("weight", DenseTensor.of(Shape.of(16, 12), reals(192)))
                .node("MatMul", List.of("x", "weight"), List.of("a"))
                .output("a", ElementType.F32, "N", 12);
        ModelBuilder other = ModelBuilder.opset(17)
                .initializer("other", DenseTensor.of(Shape.of(16, 12), reals(192)))
                .node("MatMul", List.of("x", "other"), List.of("b"))
                .output("b", ElementType.F32, "N", 12);
        return ModelBuilder.opset(17)
                .input("x", ElementType.F32, "N", 16)
                .input("c", ElementType.BOOL)
                .nodeWithBodies("If", List.of("c"), List.of("y"), "then_branch", then, "else_branch", other)
                .output("y", ElementType.F32, "N", 12);
    }

    /// Unsigned bytes of which 127 stands for zero.
    private static ModelBuilder quantized() {
        Random random = new Random(7);
        long[] bytes = random.longs(192, 0, 256).toArray();
        return ModelBuilder.opset(17)
                .input("x", ElementType.F32, "N", 16)
                .initializer("weight", DenseTensor.ofBits(ElementType.U8, Shape.of(16, 12), bytes))
                .initializer("scale", DenseTensor.of(Shape.of(), 0.01f))
                .initializer("zero", DenseTensor.ofBits(ElementType.U8, Shape.of(), 127))
                .node("DequantizeLinear", List.of("weight", "scale", "zero"), List.of("w"))
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .output("y", ElementType.F32, "N", 12);
    }
}
