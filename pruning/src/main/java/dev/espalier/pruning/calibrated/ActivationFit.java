package dev.espalier.pruning.calibrated;

import java.util.List;

/// Fits a layer further, to what the activation behind it makes of its outputs: least squares give every error of an
/// output as much as any other.
///
/// What the activation minds is bounded by a quadratic that touches it at the outputs as they are (MM, Hunter and Lange
/// 2004): each round solves least squares with moved targets and is nearer than the last. A ridge pulls towards the
/// weights that it begins with.
public final class ActivationFit {
    static final double RIDGE = 1e-3;
    private static final double TOLERATED = 1.05;
    private static final double TOLERANCE = 1e-2;
    private static final int STEPS = 8;
    private static final int MANY_STEPS = 20;

    private final Activation activation;
    private final GroupProblem problem;
    private final LayerSolution solution;
    private final Products products;
    private final int rounds;

    private ActivationFit(
            Activation activation, GroupProblem problem, LayerSolution solution, Products products, int rounds) {
        this.activation = activation;
        this.problem = problem;
        this.solution = solution;
        this.products = products;
        this.rounds = rounds;
    }

    /// What a solution becomes; its zeros stay.
    ///
    /// @param problem of one group, with samples that are kept
    /// @param solution least squares
    public static LayerSolution of(
            Activation activation, LayerProblem problem, LayerSolution solution, Products products) {
        return of(activation, problem, solution, products, activation.rounds());
    }

    /// The same in so many rounds.
    static LayerSolution of(
            Activation activation, LayerProblem problem, LayerSolution solution, Products products, int rounds) {
        return new ActivationFit(activation, problem.whole(), solution, products, rounds).solve();
    }

    private LayerSolution solve() {
        if (!helps()) {
            return solution;
        }
        try (Refit all = new Refit(problem, problem.all(), products)) {
            double[] w = rounds(solution.weights(), all, List.of(problem.fit(), problem.held()));
            return solution.with(w, all.relativeError(Numbers.narrowed(w)));
        }
    }

    /// Whether samples that have no part in it are not much further from what they should be. They are
    /// no strict judges: the layers before were fitted to them, so that least squares suits them better
    /// than others.
    private boolean helps() {
        try (Refit fit = new Refit(problem, problem.fit(), products)) {
            float[] from = Numbers.narrowed(solution.weights());
            double[] start =
                    Numbers.widened(fit.solve(solution.kept(), solution.lambda(0), from, TOLERANCE, MANY_STEPS));
            double[] end = rounds(start, fit, List.of(problem.fit()));
            List<Moments> held = List.of(problem.held());
            return look(end, held).distance <= TOLERATED * look(start, held).distance;
        }
    }

    /// @param start outputs x inputs, which the ridge holds on to
    /// @param refit to all samples
    /// @param samples those that are kept
    private double[] rounds(double[] start, Refit refit, List<Moments> samples) {
        double[] w = start.clone();
        double ridge = RIDGE / activation.curvature();
        for (int round = 0; round < rounds; round++) {
            double[] more = look(w, samples).more;
            float[] way = refit.gradient(Numbers.narrowed(w));
            double[] back = new double[w.length];
            for (int i = 0; i < w.length; i++) {
                way[i] = (float) ((way[i] + more[i]) / activation.curvature());
                back[i] = start[i] - w[i];
            }
            float[] step = refit.step(solution.kept(), ridge, way, back, TOLERANCE, STEPS);
            for (int i = 0; i < w.length; i++) {
                w[i] += step[i];
            }
        }
        return w;
    }

    /// How far the outputs are from where they should be.
    private static final class Look {
        private final double distance;
        private final double[] more;

        /// @param distance mean, as the activation minds it
        /// @param more mean of v'x, outputs x inputs, v by how much the outputs' way is longer than to t
        Look(double distance, double[] more) {
            this.distance = distance;
            this.more = more;
        }
    }

    private Look look(double[] w, List<Moments> samples) {
        int inputs = problem.inputs();
        int outputs = problem.outputs();
        float[] transposed = new float[w.length];
        for (int i = 0; i < w.length; i++) {
            transposed[i % inputs * outputs + i / inputs] = (float) w[i];
        }
        double distance = 0;
        double[] more = new double[w.length];
        long all = samples.stream().mapToLong(Moments::samples).sum();
        for (Moments some : samples) {
            // Of many samples a smaller part is kept than of few.
            long kept = some.rows().stream().mapToLong(SampleRows::rows).sum();
            double weight = (double) some.samples() / all / kept;
            for (SampleRows portion : some.rows()) {
                float[] y = products.multiply(portion.x(), transposed, portion.rows(), inputs, outputs);
                distance += weight * activation.compare(portion, y, problem.rowScale());
                float[] sums = products.multiplyTransposed(y, portion.x(), outputs, portion.rows(), inputs);
                for (int i = 0; i < more.length; i++) {
                    more[i] += weight * sums[i];
                }
            }
        }
        return new Look(distance, more);
    }
}
