package dev.espalier.pruning;

import java.util.List;

/// The model's files together are no larger than someone allows.
public final class BudgetCheck implements SparsityCheck {
    private final long bytes;
    private final long budget;

    /// @param bytes what the files take, external data included
    /// @param budget what they may take
    public BudgetCheck(long bytes, long budget) {
        this.bytes = bytes;
        this.budget = budget;
    }

    @Override
    public String name() {
        return "budget";
    }

    @Override
    public CheckResult check(Evidence evidence) {
        return bytes <= budget
                ? new CheckResult.Passed("%,d bytes of %,d".formatted(bytes, budget))
                : new CheckResult.Failed(List.of(new Finding(
                        Finding.Kind.OVER_BUDGET, "", "%,d bytes, allowed are %,d".formatted(bytes, budget))));
    }
}
