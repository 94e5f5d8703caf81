package dev.espalier.pruning;

import dev.espalier.sparse.Cut;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Scores;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// The methods that give each element a score, zero the lowest and leave the others as they are.
final class ByScore implements PruningMethod {
    /// Gives the elements of a weight their scores.
    interface Scorer {
        /// The fewest bits that the scores of this weight need.
        int bits(Weight weight);

        Scores score(Weight weight, DenseTensor tensor, int bits, long seed);
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
    public List<Supplier<PrunedWeight>> prune(PruningPlan.Group group, long seed) {
        List<Weight> weights = group.weights();
        List<DenseTensor> tensors =
                weights.parallelStream().map(w -> w.tensor()).toList();
        int bits = weights.stream().mapToInt(scorer::bits).max().orElse(31);
        List<Scores> scores = IntStream.range(0, weights.size())
                .mapToObj(i -> scorer.score(weights.get(i), tensors.get(i), bits, seed))
                .toList();
        List<Scores> units = IntStream.range(0, weights.size())
                .parallel()
                .mapToObj(i -> group.targets().get(i).pattern().units(scores.get(i)))
                .toList();
        List<Cut> cuts = Cut.ofSmallest(units, group.zeros()).split(units);
        return IntStream.range(0, weights.size())
                .<Supplier<PrunedWeight>>mapToObj(i -> () -> {
                    Mask mask = group.targets()
                            .get(i)
                            .pattern()
                            .select(tensors.get(i).shape(), scores.get(i), units.get(i), cuts.get(i));
                    return new PrunedWeight(weights.get(i), mask, tensors.get(i));
                })
                .toList();
    }
}
