package dev.espalier.pruning;

import java.math.BigDecimal;
import java.util.List;

/// All weights together have the share of zeros that is asked for. Each may have been rounded, by half an element.
final class ExpectedSparsityCheck implements SparsityCheck {
    @Override
    public String name() {
        return "expected sparsity";
    }

    @Override
    public CheckResult check(Evidence evidence) {
        if (evidence.expected().isEmpty()) {
            return new CheckResult.NotAsked();
        }
        Sparsity expected = evidence.expected().get();
        List<Weight> weights = evidence.weights().weights();
        long elements = weights.stream().mapToLong(Weight::elementCount).sum();
        long zeros = weights.parallelStream().mapToLong(Weight::zeroCount).sum();
        String found = "%,d of %,d weights are zero (%.2f %%)"
                .formatted(zeros, elements, elements == 0 ? 0 : 100.0 * zeros / elements);
        BigDecimal needed = expected.share()
                .multiply(BigDecimal.valueOf(elements))
                .subtract(BigDecimal.valueOf(weights.size()).divide(BigDecimal.TWO));
        if (BigDecimal.valueOf(zeros).compareTo(needed) >= 0) {
            return new CheckResult.Passed(found);
        }
        return new CheckResult.Failed(
                List.of(new Finding(Finding.Kind.TOO_FEW_ZEROS, "", found + ", expected are " + expected)));
    }
}
