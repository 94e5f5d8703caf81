package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.SparsityPattern;
import java.util.ArrayList;
import java.util.List;

/// What a layer has to compute, and what it computed. Outputs that read the same inputs are a group; which weights
/// stay is chosen among those of all groups together.
public final class LayerProblem {
    private final List<GroupProblem> groups;
    private final double[] dense;
    private final WeightMatrix matrix;
    private final SparsityPattern pattern;
    private final long zeros;

    /// @param fit moments of the samples to solve with, for each group of outputs in their order; all with as many
    /// inputs
    /// @param held moments of samples that are held back, by which the ridge is chosen
    /// @param dense its dense weights, outputs x inputs, the bias last if it has one
    /// @param hasBias whether the last input is the constant 1 that the bias multiplies
    /// @param rowScale by how much an error of each output counts; one for each
    /// @param matrix how the weight multiplies
    /// @param pattern that its zeros are to follow
    /// @param zeros how many units of the pattern go: elements or blocks
    public LayerProblem(
            List<Moments> fit,
            List<Moments> held,
            double[] dense,
            boolean hasBias,
            double[] rowScale,
            WeightMatrix matrix,
            SparsityPattern pattern,
            long zeros) {
        this.groups = new ArrayList<>();
        int row = 0;
        for (int i = 0; i < fit.size(); i++) {
            groups.add(new GroupProblem(fit.get(i), held.get(i), row, dense, hasBias, rowScale));
            row += fit.get(i).outputs();
        }
        this.dense = dense;
        this.matrix = matrix;
        this.pattern = pattern;
        this.zeros = zeros;
    }

    /// What the samples say too little of, clauses for people. To be asked when the problem is solved.
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (groups.stream().anyMatch(GroupProblem::isUnderdetermined)) {
            warnings.add(
                    "fewer rows than inputs, so that much is decided by the ridge, which holds weights where they were");
        }
        if (groups.stream().anyMatch(GroupProblem::hasConstants)) {
            warnings.add("inputs that are the same in all samples, the weights of which the ridge decides");
        }
        int raises = groups.stream().mapToInt(GroupProblem::raises).max().orElse(0);
        if (raises > 0) {
            warnings.add("moments that were not positive definite, until the ridge was raised tenfold"
                    + (raises > 1 ? ", " + raises + " times" : ""));
        }
        return warnings;
    }

    /// Outputs that read the same inputs, in the order of the outputs.
    List<GroupProblem> groups() {
        return groups;
    }

    /// The only group.
    ///
    /// @throws IllegalStateException if there are several
    GroupProblem whole() {
        if (groups.size() != 1) {
            throw new IllegalStateException("the outputs are " + groups.size() + " groups");
        }
        return groups.getFirst();
    }

    /// The dense weights without the bias, outputs x inputs.
    double[] weights() {
        int weightInputs = weightInputs();
        int stride = groups.getFirst().inputs();
        double[] weights = new double[outputs() * weightInputs];
        for (int row = 0; row < outputs(); row++) {
            System.arraycopy(dense, row * stride, weights, row * weightInputs, weightInputs);
        }
        return weights;
    }

    /// What the pattern keeps of weights that matter so much.
    Projection projection() {
        return new PatternProjection(matrix, pattern, zeros, weights());
    }

    /// The same of which only a share of the zeros is made.
    Projection projectionOf(double share) {
        return projection().at(Math.round(zeros * share));
    }

    /// Which weights are not zero, outputs x inputs without the bias.
    boolean[] nonZeros() {
        double[] weights = weights();
        boolean[] nonZeros = new boolean[weights.length];
        for (int i = 0; i < nonZeros.length; i++) {
            nonZeros[i] = weights[i] != 0;
        }
        return nonZeros;
    }

    /// What goes together.
    Units units() {
        return new Units(matrix, pattern);
    }

    SparsityPattern pattern() {
        return pattern;
    }

    int outputs() {
        return matrix.outputs();
    }

    /// What the pattern keeps of the dense weights by their size.
    boolean[] largest() {
        double[] weights = weights();
        float[] sizes = new float[weights.length];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = (float) Math.abs(weights[i]);
        }
        return projection().keep(sizes);
    }

    /// How many inputs each group multiplies by weights.
    int weightInputs() {
        return groups.getFirst().weightInputs();
    }
}
