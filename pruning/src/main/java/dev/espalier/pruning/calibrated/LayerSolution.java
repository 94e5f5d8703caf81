package dev.espalier.pruning.calibrated;

import java.util.List;

/// What a layer becomes, or one group of its outputs.
public final class LayerSolution {
    private final double[] weights;
    private final int stride;
    private final boolean[] kept;
    private final double[] lambdas;
    private final double maskedError;
    private final double error;

    private LayerSolution(
            double[] weights, int stride, boolean[] kept, double[] lambdas, double maskedError, double error) {
        this.weights = weights;
        this.stride = stride;
        this.kept = kept;
        this.lambdas = lambdas;
        this.maskedError = maskedError;
        this.error = error;
    }

    LayerSolution(double[] weights, int stride, boolean[] kept, double lambda, double maskedError, double error) {
        this(weights, stride, kept, new double[] {lambda}, maskedError, error);
    }

    /// One group after the other. Errors are weighed by the mean squares of the groups' targets.
    static LayerSolution joined(LayerProblem problem, List<LayerSolution> groups) {
        if (groups.size() == 1) {
            return groups.getFirst();
        }
        int stride = groups.getFirst().stride;
        double[] weights = new double[problem.outputs() * stride];
        boolean[] kept = new boolean[problem.outputs() * problem.weightInputs()];
        double[] lambdas = new double[groups.size()];
        double squares = 0;
        double masked = 0;
        double fitted = 0;
        for (int i = 0; i < lambdas.length; i++) {
            LayerSolution solution = groups.get(i);
            GroupProblem group = problem.groups().get(i);
            System.arraycopy(solution.weights, 0, weights, group.firstRow() * stride, solution.weights.length);
            System.arraycopy(solution.kept, 0, kept, group.firstWeight(), solution.kept.length);
            lambdas[i] = solution.lambda(0);
            double square = group.all().targetSquares();
            squares += square;
            masked += solution.maskedError * square;
            fitted += solution.error * square;
        }
        return new LayerSolution(
                weights, stride, kept, lambdas, squares > 0 ? masked / squares : 0, squares > 0 ? fitted / squares : 0);
    }

    /// Other weights on the same support.
    LayerSolution with(double[] other, double otherError) {
        return new LayerSolution(other, stride, kept, lambdas, maskedError, otherError);
    }

    /// The weights, outputs x [#stride], the bias last in a row if the layer has one; zero where they do not stay.
    public double[] weights() {
        return weights;
    }

    /// How many elements a row of the weights has.
    public int stride() {
        return stride;
    }

    /// The bias of an output.
    public double bias(int output) {
        return weights[output * stride + stride - 1];
    }

    /// Which stay, outputs x inputs without the bias.
    public boolean[] kept() {
        return kept;
    }

    /// The ridge that did best on the samples held back, of a group of outputs.
    public double lambda(int group) {
        return lambdas[group];
    }

    /// Relative squared error of the outputs with the dense weights on that support.
    public double maskedError() {
        return maskedError;
    }

    /// The same with the new weights.
    public double error() {
        return error;
    }
}
