package dev.espalier.pruning.calibrated;

import java.util.List;

/// Fits a classifier's last layer to the dense model's probabilities, p = softmax(t): least squares give an error of
/// logits that decide nothing as much as one of those that do.
///
/// Minimises the mean of KL(p || softmax(W x)) with a ridge that pulls W towards where it was. The second derivatives of
/// that are at most half of those of the squared distance (Böhning 1992), so that each round moves what the outputs are
/// by 2 (p - softmax(W x)) and solves the least squares with these targets: the divergence falls in every round.
public final class SoftmaxFit {
    private static final int ROUNDS = 20;
    static final double RIDGE = 1e-3;
    private static final double CURVATURE = 0.5;
    private static final double TOLERATED = 1.05;
    private static final double TOLERANCE = 1e-2;
    private static final int STEPS = 8;
    private static final int MANY_STEPS = 20;

    private final GroupProblem problem;
    private final LayerSolution solution;
    private final Products products;
    private final int rounds;

    private SoftmaxFit(GroupProblem problem, LayerSolution solution, Products products, int rounds) {
        this.problem = problem;
        this.solution = solution;
        this.products = products;
        this.rounds = rounds;
    }

    /// What a solution becomes; its zeros stay.
    ///
    /// @param problem of the last layer, one group, with samples that are kept
    /// @param solution least squares
    public static LayerSolution of(LayerProblem problem, LayerSolution solution, Products products) {
        return of(problem, solution, products, ROUNDS);
    }

    /// The same in so many rounds.
    static LayerSolution of(LayerProblem problem, LayerSolution solution, Products products, int rounds) {
        return new SoftmaxFit(problem.whole(), solution, products, rounds).solve();
    }

    private LayerSolution solve() {
        if (!helps()) {
            return solution;
        }
        double[] w = rounds(solution.weights(), problem.all(), List.of(problem.fit(), problem.held()));
        try (Refit all = new Refit(problem, problem.all(), products)) {
            return solution.with(w, all.relativeError(narrowed(w)));
        }
    }

    /// Whether samples that have no part in it are not much further from the dense model's probabilities. They are no
    /// strict judges: the layers before were fitted to them, so that least squares suits them better than others.
    private boolean helps() {
        double[] start = leastSquares();
        double[] end = rounds(start, problem.fit(), List.of(problem.fit()));
        List<Moments> held = List.of(problem.held());
        return look(end, held).divergence <= TOLERATED * look(start, held).divergence;
    }

    private double[] leastSquares() {
        try (Refit fit = new Refit(problem, problem.fit(), products)) {
            float[] from = narrowed(solution.weights());
            return widened(fit.solve(solution.kept(), solution.lambda(0), from, TOLERANCE, MANY_STEPS));
        }
    }

    private double[] rounds(double[] start, Moments moments, List<Moments> samples) {
        double[] w = start;
        for (int round = 0; round < rounds; round++) {
            w = step(w, start, moments, samples);
        }
        return w;
    }

    /// One round.
    ///
    /// @param w outputs x inputs
    /// @param start what the ridge holds on to
    /// @param moments of all samples
    /// @param samples that are kept
    private double[] step(double[] w, double[] start, Moments moments, List<Moments> samples) {
        double[] cross = look(w, samples).pull;
        double[] back = new double[w.length];
        for (int i = 0; i < w.length; i++) {
            cross[i] /= CURVATURE;
            back[i] = start[i] - w[i];
        }
        try (Refit refit = new Refit(problem.around(back), moments.towards(cross), products)) {
            float[] step = refit.solve(solution.kept(), RIDGE / CURVATURE, new float[w.length], TOLERANCE, STEPS);
            double[] next = w.clone();
            for (int i = 0; i < w.length; i++) {
                next[i] += step[i];
            }
            return next;
        }
    }

    /// How far the probabilities are from the dense model's.
    private static final class Distance {
        private final double divergence;
        private final double[] pull;

        /// @param divergence mean of KL(p || q), nats
        /// @param pull mean of (p - q)' x, outputs x inputs: minus the gradient of that
        Distance(double divergence, double[] pull) {
            this.divergence = divergence;
            this.pull = pull;
        }
    }

    private Distance look(double[] w, List<Moments> samples) {
        int inputs = problem.inputs();
        int outputs = problem.outputs();
        float[] transposed = new float[w.length];
        for (int i = 0; i < w.length; i++) {
            transposed[i % inputs * outputs + i / inputs] = (float) w[i];
        }
        double divergence = 0;
        double[] pull = new double[w.length];
        long rows = 0;
        for (Moments some : samples) {
            for (KeptRows portion : some.rows()) {
                float[] y = products.multiply(portion.x(), transposed, portion.rows(), inputs, outputs);
                divergence += compare(portion.t(), y, outputs);
                float[] sums = products.multiplyTransposed(y, portion.x(), outputs, portion.rows(), inputs);
                for (int i = 0; i < pull.length; i++) {
                    pull[i] += sums[i];
                }
                rows += portion.rows();
            }
        }
        for (int i = 0; i < pull.length; i++) {
            pull[i] /= rows;
        }
        return new Distance(divergence / rows, pull);
    }

    /// Logits become how much greater each probability of the targets is.
    ///
    /// @param t rows x outputs
    /// @param y the same; changed
    /// @return the sum of the rows' KL(softmax(t) || softmax(y))
    private static double compare(float[] t, float[] y, int outputs) {
        double sum = 0;
        double[] p = new double[outputs];
        double[] q = new double[outputs];
        for (int at = 0; at < t.length; at += outputs) {
            logSoftmax(t, at, p);
            logSoftmax(y, at, q);
            for (int i = 0; i < outputs; i++) {
                double share = Math.exp(p[i]);
                sum += share * (p[i] - q[i]);
                y[at + i] = (float) (share - Math.exp(q[i]));
            }
        }
        return sum;
    }

    private static void logSoftmax(float[] logits, int from, double[] to) {
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < to.length; i++) {
            most = Math.max(most, logits[from + i]);
        }
        double sum = 0;
        for (int i = 0; i < to.length; i++) {
            sum += Math.exp(logits[from + i] - most);
        }
        double all = most + Math.log(sum);
        for (int i = 0; i < to.length; i++) {
            to[i] = logits[from + i] - all;
        }
    }

    private static double[] widened(float[] narrow) {
        double[] wide = new double[narrow.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = narrow[i];
        }
        return wide;
    }

    private static float[] narrowed(double[] wide) {
        float[] narrow = new float[wide.length];
        for (int i = 0; i < wide.length; i++) {
            narrow[i] = (float) wide[i];
        }
        return narrow;
    }
}
