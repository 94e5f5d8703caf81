package dev.espalier.pruning.calibrated;

import java.util.Arrays;
import java.util.stream.IntStream;

/// The best weights on a given support, and the best bias: conjugate gradients with a Jacobi preconditioner on the
/// quadratic, each output by itself, all of them at once (Hestenes and Stiefel 1952).
final class Refit implements AutoCloseable {
    private final GroupProblem problem;
    private final Moments samples;
    private final Quadratic quadratic;
    private final Products.Right h;
    private final int inputs;
    private final int outputs;

    /// @param samples those to fit to
    Refit(GroupProblem problem, Moments samples, Products products) {
        this.problem = problem;
        this.samples = samples;
        this.quadratic = Quadratic.of(samples, problem.dense(), problem.weightInputs(), 0);
        this.inputs = quadratic.inputs();
        this.outputs = quadratic.outputs();
        this.h = products.right(quadratic.h(), inputs, inputs);
    }

    /// How far the outputs are from the targets: the mean squared distance over the mean square of the targets.
    ///
    /// @param w outputs x inputs
    double relativeError(float[] w) {
        double squares = samples.targetSquares();
        return squares > 0 ? Math.max(0, quadratic.at(w, h) + squares) / squares : 0;
    }

    /// `G - W H`: where the targets pull, without a ridge.
    ///
    /// @param w outputs x inputs
    float[] gradient(float[] w) {
        float[] gradient = new float[w.length];
        h.times(w, outputs, gradient);
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = quadratic.g()[i] - gradient[i];
        }
        return gradient;
    }

    /// The best weights.
    ///
    /// @param kept which of the weights stay, outputs x inputs without the bias, which always does
    /// @param lambda the ridge
    /// @param start what to begin with, outputs x inputs
    /// @param tolerance the residual that is small enough, to that of zeros
    /// @param steps at most so many
    /// @return outputs x inputs
    float[] solve(boolean[] kept, double lambda, float[] start, double tolerance, int steps) {
        return new Run(kept, ridge(lambda), quadratic.g(), problem.dense(), start, tolerance).solve(steps);
    }

    /// The best step for the same inputs and other targets.
    ///
    /// @param way what is G of these targets, outputs x inputs
    /// @param back the step that the ridge pulls towards, outputs x inputs
    float[] step(boolean[] kept, double lambda, float[] way, double[] back, double tolerance, int steps) {
        return new Run(kept, ridge(lambda), way, back, new float[way.length], tolerance).solve(steps);
    }

    private double ridge(double lambda) {
        return lambda * samples.meanDiagonal(problem.weightInputs());
    }

    @Override
    public void close() {
        h.close();
    }

    /// One system of equations for each output.
    private final class Run {
        private final float[] free = new float[outputs * inputs];
        private final float ridge;
        private final float[] g;
        private final double[] towards;
        private final float[] w;
        private final float[] residual = new float[outputs * inputs];
        private final float[] direction = new float[outputs * inputs];
        private final float[] packed = new float[outputs * inputs];
        private final float[] preconditioner = new float[inputs];
        private final double[] rz = new double[outputs];
        private final double[] enough = new double[outputs];

        /// @param towards what the ridge pulls towards, outputs x inputs
        Run(boolean[] kept, double ridge, float[] g, double[] towards, float[] start, double tolerance) {
            this.ridge = (float) ridge;
            this.g = g;
            this.towards = towards;
            this.w = start.clone();
            for (int j = 0; j < inputs; j++) {
                double diagonal = quadratic.h()[j * inputs + j] + (j < problem.weightInputs() ? ridge : 0);
                preconditioner[j] = diagonal > 0 ? (float) (1 / diagonal) : 0;
            }
            rows(all()).forEach(row -> {
                double reference = 0;
                for (int j = 0; j < inputs; j++) {
                    int i = row * inputs + j;
                    boolean isFree = j >= problem.weightInputs() || kept[row * problem.weightInputs() + j];
                    free[i] = isFree ? 1 : 0;
                    w[i] *= free[i];
                    double pull = free[i] * g(row, j);
                    reference += pull * pull * preconditioner[j];
                }
                enough[row] = tolerance * tolerance * reference;
            });
        }

        private int[] all() {
            return IntStream.range(0, outputs).toArray();
        }

        private static IntStream rows(int[] rows) {
            return Arrays.stream(rows).parallel();
        }

        private double g(int row, int j) {
            double pull = j < problem.weightInputs() ? ridge * towards[row * inputs + j] : 0;
            return g[row * inputs + j] + pull;
        }

        float[] solve(int steps) {
            int[] active = all();
            image(active, w);
            rows(active).forEach(this::begin);
            for (int step = 0; step < steps; step++) {
                active = Arrays.stream(active)
                        .filter(row -> rz[row] > enough[row])
                        .toArray();
                if (active.length == 0) {
                    break;
                }
                image(active, direction);
                int[] now = active;
                IntStream.range(0, now.length).parallel().forEach(place -> step(now[place], place));
            }
            return w;
        }

        /// `V H` for some rows of V, packed one after the other.
        private void image(int[] active, float[] v) {
            for (int place = 0; place < active.length; place++) {
                System.arraycopy(v, active[place] * inputs, packed, place * inputs, inputs);
            }
            h.times(packed, active.length, packed);
        }

        /// Adds the ridge's part to a row of `V H`, and keeps of both what is on the support.
        private void complete(int row, int place, float[] v) {
            int weightInputs = problem.weightInputs();
            int to = place * inputs;
            int from = row * inputs;
            for (int j = 0; j < weightInputs; j++) {
                packed[to + j] = (packed[to + j] + ridge * v[from + j]) * free[from + j];
            }
        }

        private void begin(int row) {
            complete(row, row, w);
            double sum = 0;
            for (int j = 0; j < inputs; j++) {
                int i = row * inputs + j;
                residual[i] = (float) (free[i] * (g(row, j) - packed[i]));
                direction[i] = residual[i] * preconditioner[j];
                sum += (double) residual[i] * direction[i];
            }
            rz[row] = sum;
        }

        private void step(int row, int place) {
            complete(row, place, direction);
            int from = row * inputs;
            int image = place * inputs;
            double curvature = 0;
            for (int j = 0; j < inputs; j++) {
                curvature += direction[from + j] * packed[image + j];
            }
            float alpha = curvature > 0 ? (float) (rz[row] / curvature) : 0;
            for (int j = 0; j < inputs; j++) {
                residual[from + j] -= alpha * packed[image + j];
                w[from + j] += alpha * direction[from + j];
            }
            double next = 0;
            for (int j = 0; j < inputs; j++) {
                next += residual[from + j] * residual[from + j] * preconditioner[j];
            }
            float beta = (float) (next / rz[row]);
            rz[row] = alpha > 0 ? next : 0;
            for (int j = 0; j < inputs; j++) {
                direction[from + j] = residual[from + j] * preconditioner[j] + beta * direction[from + j];
            }
        }
    }
}
