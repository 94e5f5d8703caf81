package dev.espalier.pruning.scope;

import dev.espalier.pruning.Sparsity;
import java.util.Locale;
import java.util.function.LongSupplier;

/// How much is to be zero in the end.
///
/// @param share how large a share
/// @param of of what
public record Amount(Sparsity share, Of of) {
    /// What a share is a share of.
    public enum Of {
        /// All there is: a second run with 20 % changes nothing.
        TOTAL,
        /// What is not zero yet: a second run with 20 % leaves 64 % (PyTorch's `PruningContainer`).
        REMAINING;

        /// The name on the command line.
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// How many of `all` are to be zero.
    ///
    /// @param zeros how many are zero already; only asked for if that matters
    public long in(long all, LongSupplier zeros) {
        if (of == Of.TOTAL) {
            return share.of(all);
        }
        long already = zeros.getAsLong();
        return already + share.of(all - already);
    }
}
