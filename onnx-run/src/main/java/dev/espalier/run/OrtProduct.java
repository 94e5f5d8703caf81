package dev.espalier.run;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/// A model of one product of two matrices, `a` and `b` to `c`. Operands and results of single precision are in memory
/// that is used again.
public final class OrtProduct implements AutoCloseable {
    /// A matrix outside the Java heap.
    public static final class Operand implements AutoCloseable {
        private final OnnxTensor tensor;

        private Operand(OnnxTensor tensor) {
            this.tensor = tensor;
        }

        @Override
        public void close() {
            tensor.close();
        }
    }

    private final OrtSession session;
    private FloatBuffer left = FloatBuffer.allocate(0);
    private FloatBuffer right = FloatBuffer.allocate(0);
    private FloatBuffer result = FloatBuffer.allocate(0);

    private OrtProduct(OrtSession session) {
        this.session = session;
    }

    /// @throws ModelRunException if the runtime refuses it
    public static OrtProduct load(Path file, int threads) throws ModelRunException {
        try {
            return new OrtProduct(SessionSettings.DEFAULT.on(threads).sleeping().open(file));
        } catch (OrtException e) {
            throw OrtRuntime.refusal(e);
        }
    }

    /// Copies a matrix of rows x columns.
    public Operand operand(float[] values, int rows, int columns) {
        FloatBuffer buffer = buffer(Arena.ofAuto(), (long) rows * columns);
        buffer.put(0, values, 0, rows * columns);
        return new Operand(tensor(buffer, rows, columns));
    }

    /// Multiplies two matrices that are used once.
    ///
    /// @param a rows x columns
    /// @param b k x n
    /// @param c where m x n elements are written to
    public synchronized void run(float[] a, int rows, int columns, float[] b, int k, float[] c, int m, int n) {
        if (right.capacity() < k * n) {
            right = buffer(Arena.ofAuto(), (long) k * n);
        }
        right.put(0, b, 0, k * n);
        try (OnnxTensor second = tensor(right.slice(0, k * n), k, n)) {
            run(a, rows, columns, second, c, m, n);
        }
    }

    /// Multiplies.
    ///
    /// @param a rows x columns, the first elements of the array
    /// @param c where m x n elements are written to
    public synchronized void run(float[] a, int rows, int columns, Operand b, float[] c, int m, int n) {
        run(a, rows, columns, b.tensor, c, m, n);
    }

    private void run(float[] a, int rows, int columns, OnnxTensor b, float[] c, int m, int n) {
        reserve(rows * columns, m * n);
        left.put(0, a, 0, rows * columns);
        try (OnnxTensor first = tensor(left.slice(0, rows * columns), rows, columns);
                OnnxTensor third = tensor(result.slice(0, m * n), m, n)) {
            session.run(Map.of("a", first, "b", b), Set.of(), Map.of("c", third))
                    .close();
            result.get(0, c, 0, m * n);
        } catch (OrtException e) {
            throw new IllegalStateException("a product of matrices failed", e);
        }
    }

    /// Multiplies by a model of double precision.
    ///
    /// @param a rows x columns
    /// @param b k x n
    /// @param c where m x n elements are written to
    public void run(double[] a, int rows, int columns, double[] b, int k, double[] c, int m, int n) {
        int size = rows * columns;
        try (Arena arena = Arena.ofConfined();
                OnnxTensor first = tensor(wide(arena, size).put(0, a, 0, size), rows, columns);
                OnnxTensor second = tensor(wide(arena, (long) k * n).put(0, b, 0, k * n), k, n)) {
            DoubleBuffer product = wide(arena, (long) m * n);
            try (OnnxTensor third = tensor(product, m, n)) {
                session.run(Map.of("a", first, "b", second), Set.of(), Map.of("c", third))
                        .close();
            }
            product.get(0, c, 0, m * n);
        } catch (OrtException e) {
            throw new IllegalStateException("a product of matrices failed", e);
        }
    }

    private void reserve(int leftSize, int resultSize) {
        if (left.capacity() < leftSize) {
            left = buffer(Arena.ofAuto(), leftSize);
        }
        if (result.capacity() < resultSize) {
            result = buffer(Arena.ofAuto(), resultSize);
        }
    }

    private static FloatBuffer buffer(Arena arena, long count) {
        return arena.allocate(4 * count, 64)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    private static DoubleBuffer wide(Arena arena, long count) {
        return arena.allocate(8 * count, 64)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asDoubleBuffer();
    }

    private static OnnxTensor tensor(DoubleBuffer buffer, int rows, int columns) throws OrtException {
        return OnnxTensor.createTensor(OrtRuntime.environment(), buffer, new long[] {rows, columns});
    }

    private static OnnxTensor tensor(FloatBuffer buffer, int rows, int columns) {
        try {
            return OnnxTensor.createTensor(OrtRuntime.environment(), buffer, new long[] {rows, columns});
        } catch (OrtException e) {
            throw new IllegalStateException("a matrix is refused", e);
        }
    }

    @Override
    public void close() throws ModelRunException {
        try {
            session.close();
        } catch (OrtException e) {
            throw OrtRuntime.refusal(e);
        }
    }
}
