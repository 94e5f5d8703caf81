package dev.espalier.pruning;

import dev.espalier.pruning.scope.Amount;
import java.util.Locale;

/// What a sparsity is a share of, and how far pruning may go.
///
/// @param of whether zeros that there are count
/// @param budget what weights count for
/// @param maxLayer no layer is asked for more than this; what it has already stays
/// @param minElements smaller weights are left alone
public record PruneLimits(Amount.Of of, Budget budget, Sparsity maxLayer, long minElements) {
    /// What weights count for when several share their zeros.
    public enum Budget {
        /// For their elements.
        PARAMS,
        /// For the bytes that these take, stored dense.
        BYTES;

        /// The name on the command line.
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// None.
    public static final PruneLimits NONE = new PruneLimits(Amount.Of.TOTAL, Budget.PARAMS, Sparsity.parse("1"), 0);

    /// Of these, only that small weights are left alone.
    PruneLimits onlyOfSize() {
        return new PruneLimits(NONE.of, NONE.budget, NONE.maxLayer, minElements);
    }
}
