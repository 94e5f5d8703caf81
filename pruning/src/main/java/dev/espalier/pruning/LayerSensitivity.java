package dev.espalier.pruning;

import dev.espalier.sparse.Cut;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.MagnitudeCounts;
import dev.espalier.sparse.Magnitudes;
import dev.espalier.sparse.Scores;
import java.util.ArrayList;
import java.util.List;

/// What a weight loses when its smallest |w| go, by the weight alone: the sum of squares of what goes over that of all.
/// That is the squared error of its output for inputs without correlation and of equal size, which needs no data.
///
/// @param weight the weight
/// @param zeros that it has already
/// @param unprunable NaN and infinities, which have no part in the sums
/// @param energy sum of squares of its elements
/// @param losses one for each level
public record LayerSensitivity(Weight weight, long zeros, long unprunable, double energy, List<Loss> losses) {
    /// What goes at one level.
    ///
    /// @param level share of zeros in the end
    /// @param zeros that it has then
    /// @param energyLost sum of squares of the elements that go
    public record Loss(Sparsity level, long zeros, double energyLost) {}

    public LayerSensitivity {
        losses = List.copyOf(losses);
    }

    /// Looks at a weight.
    ///
    /// @param levels ascending
    public static LayerSensitivity of(Weight weight, List<Sparsity> levels) {
        DenseTensor tensor = weight.tensor();
        int bits = Magnitudes.exactBits(tensor.type());
        Magnitudes magnitudes = Magnitudes.of(tensor, weight.quantization(), bits);
        List<Cut> cuts = levels.stream()
                .map(level -> Cut.ofSmallest(List.of(magnitudes), level.of(tensor.elementCount()))
                        .withAllZeros())
                .toList();
        double[] edges =
                cuts.stream().mapToDouble(cut -> Scores.real(cut.score(), bits)).toArray();
        MagnitudeCounts counts = MagnitudeCounts.of(tensor, weight.quantization(), edges);
        List<Loss> losses = new ArrayList<>();
        for (int i = 0; i < edges.length; i++) {
            long ties = cuts.get(i).ties();
            double ofTies = ties == 0 ? 0 : ties * edges[i] * edges[i];
            losses.add(new Loss(levels.get(i), counts.below(i) + ties, counts.energyBelow(i) + ofTies));
        }
        return new LayerSensitivity(weight, counts.zeros(), counts.unprunable(), counts.energy(), losses);
    }

    /// The share of energy that is lost at the level of that index; NaN if there is none to lose.
    public double lostShare(int level) {
        return losses.get(level).energyLost() / energy;
    }
}
