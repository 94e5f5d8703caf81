package dev.espalier.pruning;

import dev.espalier.pruning.scope.Allotment;
import dev.espalier.sparse.Cut;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Scores;
import dev.espalier.sparse.SparsityPattern;
import java.util.Optional;

/// What goes is given: everything where a mask is 0 (PyTorch's `custom_from_mask`).
final class GivenMasks implements PruningMethod {
    /// Everything that scores 0, which is what the masks say goes.
    private static final Cut ZEROS = new Cut(1, 0);

    private final GivenTensors given;
    private final ByScore byScore;

    GivenMasks(GivenTensors given) {
        this.given = given;
        this.byScore = new ByScore(name(), summary(), (weight, tensor, seed) -> scores(weight, tensor));
    }

    /// Magnitudes, but 0 where a weight goes that may.
    private Scores scores(Weight weight, DenseTensor tensor) {
        Mask kept = maskOf(weight);
        return GivenScore.of(weight, tensor, (index, magnitude) -> kept.isKept(index) ? magnitude : 0);
    }

    private Mask maskOf(Weight weight) {
        DenseTensor tensor = given.of(weight);
        long one = oneOf(tensor.type());
        Mask kept = Mask.ofNonZeros(tensor, Quantization.NONE);
        for (long i = kept.nextKept(0); i >= 0; i = kept.nextKept(i + 1)) {
            if (tensor.bitsAt(i) != one) {
                throw new PruningException(
                        "a mask has another value than 0 and 1, at "
                                + tensor.shape().positionOf(i),
                        given.tensors().source() + ", tensor '" + weight.name() + "'",
                        "a mask is 1 where a weight stays and 0 where it goes: for instance array > 0");
            }
        }
        return kept;
    }

    /// The bits of a one.
    private static long oneOf(ElementType type) {
        return switch (type) {
            case F64 -> Double.doubleToRawLongBits(1);
            case F32 -> Float.floatToRawIntBits(1);
            case F16 -> Float.floatToFloat16(1);
            default -> 1;
        };
    }

    @Override
    public String name() {
        return "mask";
    }

    @Override
    public String summary() {
        return "what --masks say goes";
    }

    @Override
    public boolean decides() {
        return true;
    }

    @Override
    public Allotment decide(Weight weight, SparsityPattern pattern) {
        return new Allotment(ZEROS.countIn(units(weight, pattern, 0)), Optional.of(ZEROS));
    }

    @Override
    public boolean goesWith(PatternChoice pattern) {
        return pattern instanceof PatternChoice.Unstructured;
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
