package dev.espalier.pruning.calibrated;

import java.util.stream.IntStream;

/// What is minimised over a layer's weights W (outputs x inputs): `tr(W H W') - 2 tr(W G')`, the mean squared distance
/// between W x and the target but for a constant, with a ridge that pulls W towards the dense weights:
///
/// H = X'X/n + lambda m I, G = T'X/n + lambda m W_dense, m the mean of the diagonal of X'X/n. The bias is not pulled.
final class Quadratic {
    private final int inputs;
    private final int outputs;
    private final float[] h;
    private final float[] g;

    private Quadratic(int inputs, int outputs, float[] h, float[] g) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.h = h;
        this.g = g;
    }

    /// @param dense the dense weights, outputs x inputs
    /// @param weightInputs how many of the inputs are not the bias
    /// @param lambda the ridge
    static Quadratic of(Moments moments, double[] dense, int weightInputs, double lambda) {
        int inputs = moments.inputs();
        int outputs = moments.outputs();
        double ridge = lambda * moments.meanDiagonal(weightInputs);
        float[] h = new float[inputs * inputs];
        IntStream.range(0, inputs).parallel().forEach(i -> {
            for (int j = 0; j < inputs; j++) {
                h[i * inputs + j] = (float) (moments.input(i, j) + (i == j && i < weightInputs ? ridge : 0));
            }
        });
        float[] g = new float[outputs * inputs];
        IntStream.range(0, outputs).parallel().forEach(row -> {
            for (int j = 0; j < inputs; j++) {
                double pull = j < weightInputs ? ridge * dense[row * inputs + j] : 0;
                g[row * inputs + j] = (float) (moments.cross(row, j) + pull);
            }
        });
        return new Quadratic(inputs, outputs, h, g);
    }

    int inputs() {
        return inputs;
    }

    int outputs() {
        return outputs;
    }

    /// H, inputs x inputs.
    float[] h() {
        return h;
    }

    /// G, outputs x inputs.
    float[] g() {
        return g;
    }

    /// The value at W, without the constant.
    ///
    /// @param w outputs x inputs
    /// @param right H
    double at(float[] w, Products.Right right) {
        float[] image = new float[w.length];
        right.times(w, outputs, image);
        double[] rows = new double[outputs];
        IntStream.range(0, outputs).parallel().forEach(row -> {
            double sum = 0;
            for (int i = row * inputs; i < (row + 1) * inputs; i++) {
                sum += w[i] * (image[i] - 2.0 * g[i]);
            }
            rows[row] = sum;
        });
        double sum = 0;
        // In order, so that the number of threads does not change it.
        for (double row : rows) {
            sum += row;
        }
        return sum;
    }
}
