package dev.espalier.run.calibrate;

import dev.espalier.onnx.ModelBuilder;
import dev.espalier.pruning.calibrated.Products;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.OrtModel;
import dev.espalier.run.Output;
import dev.espalier.run.TemporaryFolder;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Products by the runtime's own Gemm, which is over ten times as fast as a loop in Java (345 against 21 GFlop/s on two
/// cores).
final class OrtProducts implements Products, AutoCloseable {
    private final OrtModel plain;
    private final OrtModel transposed;

    /// @param folder for two small files
    OrtProducts(TemporaryFolder folder, int threads) throws IOException, ModelRunException {
        plain = load(folder.file("product.onnx"), 0, threads);
        transposed = load(folder.file("product_transposed.onnx"), 1, threads);
    }

    private static OrtModel load(Path file, int transA, int threads) throws IOException, ModelRunException {
        Files.write(
                file,
                ModelBuilder.opset(13)
                        .input("a", ElementType.F32, transA == 1 ? "k" : "m", transA == 1 ? "m" : "k")
                        .input("b", ElementType.F32, "k", "n")
                        .node("Gemm", List.of("a", "b"), List.of("c"), "transA", transA)
                        .output("c", ElementType.F32, "m", "n")
                        .toBytes());
        return OrtModel.load(file, threads);
    }

    @Override
    public float[] multiply(float[] a, float[] b, int m, int k, int n) {
        return run(plain, a, Shape.of(m, k), b, Shape.of(k, n));
    }

    @Override
    public float[] multiplyTransposed(float[] a, float[] b, int m, int k, int n) {
        return run(transposed, a, Shape.of(k, m), b, Shape.of(k, n));
    }

    private static float[] run(OrtModel model, float[] a, Shape shapeOfA, float[] b, Shape shapeOfB) {
        try (Arena arena = Arena.ofConfined()) {
            Output output = model.run(
                            Map.of("a", tensor(a, shapeOfA, arena), "b", tensor(b, shapeOfB, arena)), Set.of("c"))
                    .get("c");
            if (output instanceof Output.Numbers numbers) {
                return numbers.floats();
            }
            throw new IllegalStateException("a product that is no tensor");
        } catch (ModelRunException e) {
            throw new IllegalStateException("a product of matrices failed", e);
        }
    }

    private static DenseTensor tensor(float[] values, Shape shape, Arena arena) {
        MemorySegment data = arena.allocate(4L * values.length, 64);
        MemorySegment.copy(MemorySegment.ofArray(values), 0, data, 0, 4L * shape.elementCount());
        return new DenseTensor(ElementType.F32, shape, data);
    }

    @Override
    public void close() throws ModelRunException {
        plain.close();
        transposed.close();
    }
}
