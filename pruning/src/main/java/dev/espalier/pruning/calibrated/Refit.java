package dev.espalier.pruning.calibrated;

/// The best weights on a given support, and the best bias: conjugate gradients with a Jacobi preconditioner on the
/// quadratic, each output by itself, all of them at once (Hestenes and Stiefel 1952).
final class Refit {
    private static final int MOST_STEPS = 100;
    /// Of the residual that it begins with; single precision has no more.
    private static final double SMALL = 1e-6;

    private final Quadratic quadratic;
    private final Products products;
    private final int inputs;
    private final int outputs;
    private final boolean[] free;
    private final float[] h;

    private Refit(Quadratic quadratic, boolean[] kept, int weightInputs, Products products) {
        this.quadratic = quadratic;
        this.products = products;
        this.inputs = quadratic.inputs();
        this.outputs = quadratic.outputs();
        this.free = new boolean[outputs * inputs];
        for (int row = 0; row < outputs; row++) {
            for (int j = 0; j < inputs; j++) {
                free[row * inputs + j] = j >= weightInputs || kept[row * weightInputs + j];
            }
        }
        this.h = new float[inputs * inputs];
        for (int i = 0; i < h.length; i++) {
            h[i] = (float) quadratic.h()[i];
        }
    }

    /// @param start what to begin with, outputs x inputs
    /// @param kept which of the weights stay, outputs x weightInputs; the bias always does
    /// @return outputs x inputs
    static double[] of(Quadratic quadratic, double[] start, boolean[] kept, int weightInputs, Products products) {
        return new Refit(quadratic, kept, weightInputs, products).solve(start);
    }

    private double[] solve(double[] start) {
        double[] w = new double[start.length];
        for (int i = 0; i < w.length; i++) {
            w[i] = free[i] ? start[i] : 0;
        }
        double[] residual = residual(w);
        double[] direction = preconditioned(residual);
        double[] rz = rowProducts(residual, direction);
        double first = sum(rz);
        for (int step = 0; step < MOST_STEPS && sum(rz) > SMALL * SMALL * first && first > 0; step++) {
            double[] image = image(direction);
            double[] curvature = rowProducts(direction, image);
            for (int i = 0; i < w.length; i++) {
                int row = i / inputs;
                double alpha = curvature[row] > 0 ? rz[row] / curvature[row] : 0;
                w[i] += alpha * direction[i];
                residual[i] -= alpha * image[i];
            }
            double[] z = preconditioned(residual);
            double[] next = rowProducts(residual, z);
            for (int i = 0; i < w.length; i++) {
                int row = i / inputs;
                double beta = rz[row] > 0 ? next[row] / rz[row] : 0;
                direction[i] = z[i] + beta * direction[i];
            }
            rz = next;
        }
        return w;
    }

    /// G - W H on the support.
    private double[] residual(double[] w) {
        double[] image = image(w);
        for (int i = 0; i < image.length; i++) {
            image[i] = free[i] ? quadratic.g()[i] - image[i] : 0;
        }
        return image;
    }

    /// W H on the support.
    private double[] image(double[] w) {
        float[] single = new float[w.length];
        for (int i = 0; i < w.length; i++) {
            single[i] = (float) w[i];
        }
        float[] product = products.multiply(single, h, outputs, inputs, inputs);
        double[] image = new double[w.length];
        for (int i = 0; i < w.length; i++) {
            image[i] = free[i] ? product[i] : 0;
        }
        return image;
    }

    private double[] preconditioned(double[] residual) {
        double[] z = new double[residual.length];
        for (int i = 0; i < z.length; i++) {
            int j = i % inputs;
            double diagonal = quadratic.h()[j * inputs + j];
            z[i] = diagonal > 0 ? residual[i] / diagonal : 0;
        }
        return z;
    }

    private double[] rowProducts(double[] a, double[] b) {
        double[] products = new double[outputs];
        for (int i = 0; i < a.length; i++) {
            products[i / inputs] += a[i] * b[i];
        }
        return products;
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }
}
