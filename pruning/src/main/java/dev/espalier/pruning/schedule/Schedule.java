package dev.espalier.pruning.schedule;

import dev.espalier.pruning.Sparsity;
import java.util.stream.LongStream;

/// How sparse a model is to be at each step. A step is whatever the caller counts from 0: an epoch, a batch, a pass
/// over
/// the layers. Targets never fall, are below 100 %, and change at updates only: between two of them the earlier one's
/// target holds. Both ends belong to the schedule: the first target is that of the step it begins at, and the final one
/// is reached at the step it ends at, whatever the frequency, and holds from there on.
public sealed interface Schedule permits Constant, Ramp, Milestones {
    /// The share of zeros after this step; 0 before the schedule begins.
    ///
    /// @param step from 0
    Sparsity targetAt(long step);

    /// The steps at which the target is set anew, ascending, each once.
    LongStream updates();

    /// The last update: from here on the final sparsity holds.
    long end();

    /// One or two words for a column.
    String label();

    /// What it does, in one line.
    String describe();

    /// The final sparsity.
    default Sparsity last() {
        return targetAt(end());
    }
}
