package dev.espalier.pruning.calibrated;

import java.util.stream.IntStream;

/// What is minimised over a layer's weights W (outputs x inputs): `tr(W H W') - 2 tr(W G')`, the mean squared distance
/// between W x and the target but for a constant, with a ridge that pulls W towards the dense weights:
///
/// H = X'X/n + lambda m I, G = T'X/n + lambda m W_dense, m the mean of the diagonal of X'X/n. The bias is not pulled.
final class Quadratic {
    private final int inputs;
    private final int outputs;
    private final double[] h;
    private final double[] g;

    private Quadratic(int inputs, int outputs, double[] h, double[] g) {
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
        double mean = 0;
        for (int j = 0; j < weightInputs; j++) {
            mean += moments.input(j, j) / weightInputs;
        }
        double ridge = lambda * mean;
        double[] h = new double[inputs * inputs];
        for (int i = 0; i < inputs; i++) {
            for (int j = 0; j < inputs; j++) {
                h[i * inputs + j] = moments.input(i, j) + (i == j && i < weightInputs ? ridge : 0);
            }
        }
        double[] g = new double[outputs * inputs];
        for (int row = 0; row < outputs; row++) {
            for (int j = 0; j < inputs; j++) {
                double pull = j < weightInputs ? ridge * dense[row * inputs + j] : 0;
                g[row * inputs + j] = moments.cross(row, j) + pull;
            }
        }
        return new Quadratic(inputs, outputs, h, g);
    }

    int inputs() {
        return inputs;
    }

    int outputs() {
        return outputs;
    }

    /// H, inputs x inputs.
    double[] h() {
        return h;
    }

    /// G, outputs x inputs.
    double[] g() {
        return g;
    }

    /// The value at W, without the constant.
    double at(double[] w) {
        double[] rows = IntStream.range(0, outputs)
                .parallel()
                .mapToDouble(row -> rowAt(w, row))
                .toArray();
        double sum = 0;
        // In order, so that the number of threads does not change it.
        for (double row : rows) {
            sum += row;
        }
        return sum;
    }

    private double rowAt(double[] w, int row) {
        double sum = 0;
        int at = row * inputs;
        for (int i = 0; i < inputs; i++) {
            if (w[at + i] == 0) {
                continue;
            }
            double product = 0;
            for (int j = 0; j < inputs; j++) {
                product += h[i * inputs + j] * w[at + j];
            }
            sum += w[at + i] * (product - 2 * g[at + i]);
        }
        return sum;
    }
}
