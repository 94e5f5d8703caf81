package dev.espalier.pruning;

import dev.espalier.sparse.Cut;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Scores;
import java.util.List;
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
    public List<PrunedWeight> prune(List<Weight> weights, long zeros, long seed) {
        List<DenseTensor> tensors =
                weights.parallelStream().map(w -> w.constant().decode()).toList();
        int bits = weights.stream().mapToInt(scorer::bits).max().orElse(31);
        List<Scores> scores = IntStream.range(0, weights.size())
                .mapToObj(i -> scorer.score(weights.get(i), tensors.get(i), bits, seed))
                .toList();
        List<Cut> cuts = Cut.ofSmallest(scores, zeros).split(scores);
        return IntStream.range(0, weights.size())
                .parallel()
                .mapToObj(i -> pruned(weights.get(i), tensors.get(i), scores.get(i), cuts.get(i)))
                .toList();
    }

    private static PrunedWeight pruned(Weight weight, DenseTensor tensor, Scores scores, Cut cut) {
        // Zeros score 0, but a cut may leave some of them: they are zero all the same.
        Mask mask = Mask.ofKept(tensor.shape(), scores, cut.withAllZeros());
        return new PrunedWeight(weight, mask, tensor);
    }
}
