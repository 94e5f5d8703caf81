package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.SparsityPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What a layer has to compute, and what it computed.
public final class LayerProblem {
    /// Sums of products in single precision are no more exact.
    private static final double CONSTANT = 1e-6;

    private final Moments fit;
    private final Moments held;
    private final double[] dense;
    private final boolean hasBias;
    private final double[] rowScale;
    private final WeightMatrix matrix;
    private final SparsityPattern pattern;
    private final long zeros;
    private @Nullable Moments all;
    private int raises;

    /// @param fit moments of the samples to solve with
    /// @param held moments of samples that are held back, by which the ridge is chosen
    /// @param dense its dense weights, outputs x inputs, the bias last if it has one
    /// @param hasBias whether the last input is the constant 1 that the bias multiplies
    /// @param rowScale by how much an error of each output counts; one for each
    /// @param matrix how the weight multiplies
    /// @param pattern that its zeros are to follow
    /// @param zeros how many units of the pattern go: elements or blocks
    public LayerProblem(
            Moments fit,
            Moments held,
            double[] dense,
            boolean hasBias,
            double[] rowScale,
            WeightMatrix matrix,
            SparsityPattern pattern,
            long zeros) {
        this.fit = fit;
        this.held = held;
        this.dense = dense;
        this.hasBias = hasBias;
        this.rowScale = rowScale;
        this.matrix = matrix;
        this.pattern = pattern;
        this.zeros = zeros;
    }

    /// What the samples say too little of, clauses for people. To be asked when the problem is solved.
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (all().samples() < inputs()) {
            warnings.add(
                    "fewer rows than inputs, so that much is decided by the ridge, which holds weights where they were");
        }
        if (IntStream.range(0, weightInputs()).anyMatch(this::isConstant)) {
            warnings.add("inputs that are the same in all samples, the weights of which the ridge decides");
        }
        if (raises > 0) {
            warnings.add("moments that were not positive definite, until the ridge was raised tenfold"
                    + (raises > 1 ? ", " + raises + " times" : ""));
        }
        return warnings;
    }

    /// Whether an input is 0, or hardly varies where the bias can do what it does.
    private boolean isConstant(int input) {
        double square = all().input(input, input);
        double mean = hasBias ? all().input(input, weightInputs()) : 0;
        return square - mean * mean <= CONSTANT * square;
    }

    /// A ridge was too small and is tried larger.
    void raiseRidge() {
        raises++;
    }

    /// The dense weights without the bias, outputs x inputs.
    double[] weights() {
        int inputs = weightInputs();
        double[] weights = new double[fit.outputs() * inputs];
        for (int row = 0; row < fit.outputs(); row++) {
            System.arraycopy(dense, row * inputs(), weights, row * inputs, inputs);
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
        return fit.outputs();
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

    /// The moments of all samples.
    Moments all() {
        if (all == null) {
            all = fit.with(held);
        }
        return all;
    }

    Moments fit() {
        return fit;
    }

    Moments held() {
        return held;
    }

    /// The dense weights; not to be changed.
    double[] dense() {
        return dense;
    }

    double[] rowScale() {
        return rowScale;
    }

    int inputs() {
        return fit.inputs();
    }

    /// How many inputs are multiplied by weights.
    int weightInputs() {
        return hasBias ? fit.inputs() - 1 : fit.inputs();
    }
}
