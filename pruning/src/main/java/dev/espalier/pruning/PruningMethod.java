package dev.espalier.pruning;

import dev.espalier.pruning.scope.Allotment;
import dev.espalier.sparse.Scores;
import dev.espalier.sparse.SparsityPattern;
import java.util.Optional;

/// A way to choose what goes. It returns pruned weights, not scores, because the best methods also change what
/// stays.
public interface PruningMethod {
    /// The name on the command line.
    String name();

    /// What it does, in one line of help.
    String summary();

    /// Scores of the units of a weight, by which scopes decide how many of each weight go: magnitudes, if the
    /// method has none of its own.
    ///
    /// @param seed for methods that draw lots
    default Scores units(Weight weight, SparsityPattern pattern, long seed) {
        return PruningMethods.MAGNITUDE.units(weight, pattern, seed);
    }

    /// Whether it says itself how many units go, so that no sparsity is asked of it.
    default boolean decides() {
        return false;
    }

    /// How many units of a weight go; only asked of a method that [#decides].
    default Allotment decide(Weight weight, SparsityPattern pattern) {
        throw new IllegalStateException(name() + " is told how many go");
    }

    /// Whether it can choose what a pattern lets go.
    default boolean goesWith(PatternChoice pattern) {
        return true;
    }

    /// Tensors that it was given for weights; it prunes no others.
    default Optional<GivenTensors> given() {
        return Optional.empty();
    }

    /// Why it cannot prune a weight, a clause; nothing if it can.
    default Optional<String> unfit(Weight weight) {
        return given().flatMap(tensors -> tensors.missing(weight));
    }

    /// Whether weights have to be pruned one after the other, in file order.
    default boolean isInOrder() {
        return false;
    }

    /// Prunes a weight: of its units, the target's number is zero in the end, counting those that were before.
    /// There are more if more were zero already, and fewer if too many are NaN or infinite, which are never
    /// pruned. Called from several threads at once unless [#isInOrder].
    ///
    /// @param seed for methods that draw lots; the same seed gives the same result
    PrunedWeight prune(PruningPlan.Target target, long seed);
}
