package dev.espalier.pruning;

import java.util.List;
import java.util.function.Supplier;

/// A way to choose what goes. It returns pruned weights, not scores, because the best methods also change what stays.
public interface PruningMethod {
    /// The name on the command line.
    String name();

    /// What it does, in one line of help.
    String summary();

    /// Prunes some weights together: of all their elements or blocks, `zeros` are zero in the end, counting those that
    /// were before. There are more if more were zero already, and fewer if too many are NaN or infinite, which are
    /// never pruned.
    ///
    /// @param seed for methods that draw lots; the same seed gives the same result
    /// @return one for each weight, in order; each is made when it is asked for, by any thread, so that their masks are
    ///     not in memory at the same time
    List<Supplier<PrunedWeight>> prune(PruningPlan.Group group, long seed);
}
