package dev.espalier.pruning;

import dev.espalier.sparse.Cut;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Magnitudes;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Scores;
import dev.espalier.sparse.SparsityPattern;
import java.util.List;

/// The methods that give each element a score, zero the lowest and leave the others as they are.
final class ByScore implements PruningMethod {
    /// Gives the elements of a weight their scores.
    @FunctionalInterface
    interface Scorer {
        Scores score(Weight weight, DenseTensor tensor, long seed);
    }

    private final String name;
    private final String summary;
    private final Scorer scorer;

    ByScore(String name, String summary, Scorer scorer) {
        this.name = name;
        this.summary = summary;
        this.scorer = scorer;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String summary() {
        return summary;
    }

    @Override
    public Scores units(Weight weight, SparsityPattern pattern, long seed) {
        return pattern.units(scorer.score(weight, weight.tensor(), seed));
    }

    @Override
    public PrunedWeight prune(PruningPlan.Target target, long seed) {
        Weight weight = target.weight();
        DenseTensor tensor = weight.tensor();
        Scores scores = scorer.score(weight, tensor, seed);
        Scores units = target.pattern().units(scores);
        Cut cut = target.cut().orElseGet(() -> Cut.ofSmallest(List.of(units), target.zeros()));
        Mask kept = target.pattern().select(tensor.shape(), scores, units, cut);
        PrunedWeight pruned = new PrunedWeight(weight, kept, tensor);
        return scores instanceof Magnitudes magnitudes ? pruned.counted(magnitudes.census()) : pruned;
    }
}
