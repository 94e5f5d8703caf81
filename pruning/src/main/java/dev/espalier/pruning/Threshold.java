package dev.espalier.pruning;

import dev.espalier.pruning.scope.Allotment;
import dev.espalier.sparse.Cut;
import dev.espalier.sparse.Scores;
import dev.espalier.sparse.SparsityPattern;
import java.util.Optional;

/// All weights below a magnitude go, however many they are (coremltools' `OpThresholdPrunerConfig`).
final class Threshold implements PruningMethod {
    private final double threshold;

    /// @throws IllegalArgumentException if it is no positive number
    Threshold(double threshold) {
        if (!(threshold > 0) || Double.isInfinite(threshold)) {
            throw new IllegalArgumentException("a threshold is a number above 0, not " + threshold);
        }
        this.threshold = threshold;
    }

    @Override
    public String name() {
        return "threshold";
    }

    @Override
    public String summary() {
        return "all |w| below --threshold go";
    }

    @Override
    public boolean decides() {
        return true;
    }

    @Override
    public Allotment decide(Weight weight, SparsityPattern pattern) {
        Scores units = units(weight, pattern, 0);
        Cut cut = new Cut(lowestScore(units.bits()), 0);
        return new Allotment(cut.countIn(units), Optional.of(cut));
    }

    /// The score of the smallest magnitude that stays.
    private long lowestScore(int bits) {
        if (bits == 63) {
            return Double.doubleToRawLongBits(threshold);
        }
        float nearest = (float) threshold;
        return Float.floatToRawIntBits(nearest < threshold ? Math.nextUp(nearest) : nearest);
    }

    @Override
    public Optional<String> unfit(Weight weight) {
        return weight.quantization().isScaleKnown()
                ? Optional.empty()
                : Optional.of("its scale is unknown, so that a threshold means nothing");
    }

    @Override
    public boolean goesWith(PatternChoice pattern) {
        return pattern.sparsity().isEmpty();
    }

    @Override
    public PrunedWeight prune(PruningPlan.Target target, long seed) {
        return PruningMethods.MAGNITUDE.prune(target, seed);
    }

    @Override
    public String toString() {
        return "threshold " + threshold;
    }
}
