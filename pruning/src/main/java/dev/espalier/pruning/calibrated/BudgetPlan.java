package dev.espalier.pruning.calibrated;

import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.Weight;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/// A plan whose zeros are divided by what is known of the layers.
public final class BudgetPlan {
    private BudgetPlan() {}

    /// The same plan with as many zeros, divided among the layers of which something is known. Others keep what they
    /// have, as do layers of which another sparsity was asked.
    ///
    /// @param share what is asked of all layers
    /// @throws PruningException if nothing is known of any layer
    public static PruningPlan of(PruningPlan plan, LayerBudget budget, Optional<Sparsity> share) {
        Map<String, Long> units = budget.units();
        Map<String, PruningPlan.Target> targets = plan.targets().stream()
                .filter(target ->
                        target.requested().isEmpty() || target.requested().equals(share))
                .filter(target -> isKnown(target, units))
                .collect(Collectors.toMap(target -> target.weight().name(), target -> target));
        if (targets.isEmpty()) {
            throw new PruningException(
                    "no layer that is to be pruned was measured",
                    "",
                    "N:M patterns leave nothing to divide; otherwise measure again, into another file of curves");
        }
        long zeros =
                targets.values().stream().mapToLong(PruningPlan.Target::zeros).sum();
        Map<Weight, Long> changed = budget.divide(targets.keySet(), zeros).entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> Objects.requireNonNull(targets.get(entry.getKey()))
                                .weight(),
                        Map.Entry::getValue));
        return plan.with(changed, budget.reason());
    }

    private static boolean isKnown(PruningPlan.Target target, Map<String, Long> units) {
        long own = target.pattern().unitCount(target.weight().shape());
        return own > 0 && Objects.equals(units.get(target.weight().name()), own);
    }
}
