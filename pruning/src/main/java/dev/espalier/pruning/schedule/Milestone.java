package dev.espalier.pruning.schedule;

import dev.espalier.pruning.Sparsity;
import java.math.BigDecimal;

/// A sparsity that is reached at a step, exactly.
///
/// @param step from 0
/// @param target below 100 %
record Milestone(long step, Sparsity target) {
    Milestone {
        Bounds.below1(target);
        Bounds.step(BigDecimal.valueOf(step));
    }

    /// Reads `50:60%` or `50:0.6`.
    ///
    /// @throws IllegalArgumentException if it is neither
    static Milestone parse(String text) {
        String[] parts = text.strip().split(":", -1);
        if (parts.length != 2 || !parts[0].matches("\\d{1,18}")) {
            throw new IllegalArgumentException(
                    "'" + text.strip() + "' is not a milestone: write STEP:SHARE, as in 50:60%");
        }
        return new Milestone(Long.parseLong(parts[0]), Sparsity.parse(parts[1]));
    }

    /// `60 % at 50`.
    @Override
    public String toString() {
        return target + " at " + step;
    }
}
