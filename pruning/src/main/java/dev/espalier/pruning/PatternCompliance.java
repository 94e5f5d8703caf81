package dev.espalier.pruning;

import dev.espalier.sparse.Mask;
import dev.espalier.sparse.NofM;
import java.util.List;

/// How far the zeros of a weight follow a pattern that kernels or encodings can use.
///
/// @param pattern its name, as `--pattern` takes it
/// @param groups how many groups or blocks the weight has; 0 if it cannot follow the pattern
/// @param violations of them that do not follow it
/// @param note why it cannot, or what of the weight is in no whole group; empty if neither
public record PatternCompliance(String pattern, long groups, long violations, String note) {
    /// The patterns that are looked for, in this order.
    public static final List<String> NAMES =
            List.of("2:4", "4:8", "1:4", "block:1x4", "block:4x1", "block:4x4", "block:16x1");

    /// Looks at a weight, one figure for each of [#NAMES].
    public static List<PatternCompliance> of(Weight weight) {
        Mask nonZeros = weight.nonZeros();
        return NAMES.stream().map(name -> of(name, weight, nonZeros)).toList();
    }

    private static PatternCompliance of(String name, Weight weight, Mask nonZeros) {
        PatternChoice.Bound bound = PatternChoice.parse(name).on(weight);
        return bound.pattern()
                .map(pattern -> new PatternCompliance(
                        name,
                        pattern instanceof NofM nOfM ? nOfM.groupCount() : pattern.unitCount(nonZeros.shape()),
                        pattern.violations(nonZeros).count(),
                        bound.note()))
                .orElseGet(() -> new PatternCompliance(name, 0, 0, bound.note()));
    }
}
