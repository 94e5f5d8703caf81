package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparsityPattern;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/// A small layer with a bias, its samples, and the mathematics of matrices as in a book.
final class TinyLayer {
    private static final int ROWS = 400;

    private final int outputs;
    private final int inputs;
    private final Moments fit;
    private final Moments held;
    private final Moments all;
    private final double[] dense;

    private TinyLayer(int outputs, int inputs, Moments fit, Moments held, double[] dense) {
        this.outputs = outputs;
        this.inputs = inputs;
        this.fit = fit;
        this.held = held;
        this.all = fit.with(held);
        this.dense = dense;
    }

    int outputs() {
        return outputs;
    }

    int inputs() {
        return inputs;
    }

    Moments fit() {
        return fit;
    }

    Moments held() {
        return held;
    }

    Moments all() {
        return all;
    }

    double[] dense() {
        return dense;
    }

    /// Inputs that depend on each other; what the layer should give is what other inputs gave it.
    static TinyLayer of(int outputs, int inputs, long seed) {
        return of(outputs, inputs, seed, 0, outputs);
    }

    /// Some outputs of it by themselves.
    ///
    /// @param seed that it was made with
    TinyLayer rows(int from, int to, long seed) {
        return of(outputs, inputs, seed, from, to);
    }

    private static TinyLayer of(int outputs, int inputs, long seed, int from, int to) {
        Random random = new Random(seed);
        double[] dense = random.doubles((long) outputs * (inputs + 1), -1, 1).toArray();
        Moments[] parts = {new Moments(inputs + 1, to - from), new Moments(inputs + 1, to - from)};
        for (Moments part : parts) {
            float[] x = new float[ROWS * (inputs + 1)];
            float[] t = new float[ROWS * (to - from)];
            for (int row = 0; row < ROWS; row++) {
                double common = random.nextGaussian();
                for (int j = 0; j <= inputs; j++) {
                    double meant = j == inputs ? 1 : random.nextGaussian() + common * j / inputs;
                    x[row * (inputs + 1) + j] = (float) (j == inputs ? 1 : meant + 0.2 * random.nextGaussian());
                    for (int output = from; output < to; output++) {
                        t[row * (to - from) + output - from] += (float) (dense[output * (inputs + 1) + j] * meant);
                    }
                }
            }
            part.add(new SampleRows(x, t, ROWS), new PlainProducts());
        }
        return of(
                to - from,
                inputs,
                parts[0],
                parts[1],
                Arrays.copyOfRange(dense, from * (inputs + 1), to * (inputs + 1)));
    }

    static TinyLayer of(int outputs, int inputs, Moments fit, Moments held, double[] dense) {
        return new TinyLayer(outputs, inputs, fit, held, dense);
    }

    WeightMatrix matrix() {
        return new WeightMatrix(Shape.of(outputs, inputs), outputs, inputs, false);
    }

    LayerProblem problem(SparsityPattern pattern, long zeros) {
        double[] scale = new double[outputs];
        Arrays.fill(scale, 1);
        return new LayerProblem(List.of(fit), List.of(held), dense, true, scale, matrix(), pattern, zeros);
    }

    /// H with a ridge of that strength.
    DMatrixRMaj h(double lambda) {
        DMatrixRMaj h = new DMatrixRMaj(inputs + 1, inputs + 1);
        double ridge = lambda * meanSquare();
        for (int i = 0; i <= inputs; i++) {
            for (int j = 0; j <= inputs; j++) {
                h.set(i, j, all.input(i, j) + (i == j && i < inputs ? ridge : 0));
            }
        }
        return h;
    }

    private double meanSquare() {
        return IntStream.range(0, inputs)
                .mapToDouble(j -> all.input(j, j))
                .average()
                .orElseThrow();
    }

    /// A row of G, as a column.
    DMatrixRMaj g(int output, double lambda) {
        DMatrixRMaj g = new DMatrixRMaj(inputs + 1, 1);
        for (int j = 0; j <= inputs; j++) {
            double pull = j < inputs ? lambda * meanSquare() * dense[output * (inputs + 1) + j] : 0;
            g.set(j, 0, all.cross(output, j) + pull);
        }
        return g;
    }

    /// The best weights of an output on these inputs, in their order.
    double[] best(int output, int[] free, double lambda) {
        DMatrixRMaj best = new DMatrixRMaj(free.length, 1);
        if (!CommonOps_DDRM.solve(part(h(lambda), free, free), part(g(output, lambda), free, new int[1]), best)) {
            throw new IllegalStateException("no solution");
        }
        return best.data;
    }

    /// The least value of the quadratic of an output on these inputs.
    double least(int output, int[] free, double lambda) {
        double[] best = best(output, free, lambda);
        DMatrixRMaj g = g(output, lambda);
        return -IntStream.range(0, free.length)
                .mapToDouble(i -> g.get(free[i], 0) * best[i])
                .sum();
    }

    static DMatrixRMaj part(DMatrixRMaj whole, int[] rows, int[] columns) {
        DMatrixRMaj part = new DMatrixRMaj(rows.length, columns.length);
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < columns.length; j++) {
                part.set(i, j, whole.get(rows[i], columns[j]));
            }
        }
        return part;
    }
}
