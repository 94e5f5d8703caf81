package dev.espalier.pruning;

import dev.espalier.sparse.Cut;
import dev.espalier.sparse.SparsityPattern;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a request means for a model: how many zeros each weight is to have and by what method, and why the others
/// are not pruned.
///
/// @param targets what is pruned, in file order
/// @param leftAlone what is not
/// @param seed for methods that draw lots
public record PruningPlan(List<Target> targets, List<LeftAlone> leftAlone, long seed) {
    /// What is to become of one weight.
    ///
    /// @param asked the pattern that was asked for
    /// @param pattern that pattern, bound to the weight
    /// @param note what of the weight does not follow it, a clause; empty if all does
    /// @param requested the sparsity that was asked of this weight alone; none if it was asked of several together
    /// @param method that chooses
    /// @param zeros how many units are to be zero: elements, blocks, slices; 0 where the pattern says it
    /// @param cut where the method's scores are cut for that, if that is known already
    /// @param reason why so many, a clause
    public record Target(
            Weight weight,
            PatternChoice asked,
            SparsityPattern pattern,
            String note,
            Optional<Sparsity> requested,
            PruningMethod method,
            long zeros,
            Optional<Cut> cut,
            String reason) {
        private Target with(long others, String why) {
            return new Target(weight, asked, pattern, note, Optional.empty(), method, others, Optional.empty(), why);
        }

        /// The same by another method, whose scores are others.
        Target by(PruningMethod other) {
            return new Target(weight, asked, pattern, note, requested, other, zeros, Optional.empty(), reason);
        }
    }

    public PruningPlan {
        targets = List.copyOf(targets);
        leftAlone = List.copyOf(leftAlone);
    }

    /// Makes the plan.
    ///
    /// @throws PruningException if a name in the request means nothing, nothing is left to prune, or a sparsity
    ///     cannot be reached
    public static PruningPlan of(ModelWeights all, PruneRequest request) {
        return Planner.plan(all, request);
    }

    /// The weights, in order.
    public List<Weight> weights() {
        return targets.stream().map(Target::weight).toList();
    }

    /// The same plan with other numbers of zeros.
    ///
    /// @param zeros units of the pattern, by weight; what is not named stays as it is
    /// @param why a clause
    public PruningPlan with(Map<Weight, Long> zeros, String why) {
        return new PruningPlan(
                targets.stream()
                        .map(t -> zeros.containsKey(t.weight()) ? t.with(zeros.get(t.weight()), why) : t)
                        .toList(),
                leftAlone,
                seed);
    }

    /// The same plan, carried out by another method.
    public PruningPlan by(PruningMethod method) {
        return new PruningPlan(targets.stream().map(t -> t.by(method)).toList(), leftAlone, seed);
    }
}
