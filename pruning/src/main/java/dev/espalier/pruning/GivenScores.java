package dev.espalier.pruning;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Scores;
import dev.espalier.sparse.SparsityPattern;
import java.util.Optional;

/// Importance that someone else has found out decides: the lowest go (PyTorch's `importance_scores`).
final class GivenScores implements PruningMethod {
    private final GivenTensors given;
    private final ByScore byScore;

    GivenScores(GivenTensors given) {
        this.given = given;
        this.byScore = new ByScore(name(), summary(), (weight, tensor, seed) -> scores(weight, tensor));
    }

    private Scores scores(Weight weight, DenseTensor tensor) {
        DenseTensor importance = given.of(weight);
        requireImportance(importance, weight);
        return GivenScore.of(weight, tensor, (index, magnitude) -> {
            double score = number(importance.type(), importance.bitsAt(index));
            // Not 0, which weights have that are zero already; -0.0 becomes 0.0.
            return Math.max(1, Double.doubleToRawLongBits(score + 0.0));
        });
    }

    private void requireImportance(DenseTensor importance, Weight weight) {
        if (!importance.type().isFloat() && !importance.type().isInteger()) {
            throw refused("scores of type " + importance.type() + " are no numbers", weight);
        }
        for (long i = 0; i < importance.elementCount(); i++) {
            double score = number(importance.type(), importance.bitsAt(i));
            if (!(score >= 0)) {
                throw refused(
                        "a score is " + score + ", at " + importance.shape().positionOf(i), weight);
            }
        }
    }

    private PruningException refused(String what, Weight weight) {
        return new PruningException(
                what,
                given.tensors().source() + ", tensor '" + weight.name() + "'",
                "scores are numbers from 0 on; of negative ones take numpy.abs, or subtract the smallest");
    }

    /// The number that an element of NumPy's types stands for.
    private static double number(ElementType type, long bits) {
        return switch (type) {
            case F64 -> Double.longBitsToDouble(bits);
            case F32 -> Float.intBitsToFloat((int) bits);
            case F16 -> Float.float16ToFloat((short) bits);
            case I8 -> (byte) bits;
            case I16 -> (short) bits;
            case I32 -> (int) bits;
            case U64 -> bits >= 0 ? bits : Double.NaN;
            default -> bits;
        };
    }

    @Override
    public String name() {
        return "scores";
    }

    @Override
    public String summary() {
        return "the lowest of --scores go";
    }

    @Override
    public Optional<GivenTensors> given() {
        return Optional.of(given);
    }

    @Override
    public Scores units(Weight weight, SparsityPattern pattern, long seed) {
        return byScore.units(weight, pattern, seed);
    }

    @Override
    public PrunedWeight prune(PruningPlan.Target target, long seed) {
        return byScore.prune(target, seed);
    }
}
