package dev.espalier.pruning.scope;

import dev.espalier.sparse.Cut;
import java.util.Optional;

/// What is asked of one layer.
///
/// @param zeros how many of its units are to be zero
/// @param cut where its scores are cut for that, if the scope has found it already
public record Allotment(long zeros, Optional<Cut> cut) {
    /// A number whose cut is to be found.
    public static Allotment of(long zeros) {
        return new Allotment(zeros, Optional.empty());
    }
}
