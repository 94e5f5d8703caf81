package dev.espalier.pruning;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Magnitudes;
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
        return new Importance(Magnitudes.of(tensor, weight.quantization(), 63), importance);
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

    /// The given numbers, but 0 where the weight is zero, and never where it must not go.
    private record Importance(Scores magnitudes, DenseTensor importance) implements Scores {
        @Override
        public int bits() {
            return 63;
        }

        @Override
        public long count() {
            return magnitudes.count();
        }

        @Override
        public void read(long from, int count, long[] out) {
            magnitudes.read(from, count, out);
            long never = Scores.never(63);
            for (int i = 0; i < count; i++) {
                if (out[i] != 0 && out[i] < never) {
                    double score = number(importance.type(), importance.bitsAt(from + i));
                    out[i] = Math.max(1, Double.doubleToRawLongBits(score + 0.0));
                }
            }
        }
    }
}
