package dev.espalier.pruning.calibrated;

import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.Weight;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A plan whose zeros are divided by curves.
public final class BudgetPlan {
    private BudgetPlan() {}

    /// The same plan with as many zeros, divided among the layers that have curves so that the output changes least.
    /// Others keep what they have, as do layers of which another sparsity was asked.
    ///
    /// @param share what is asked of all layers
    /// @throws PruningException if no layer has a curve
    public static PruningPlan of(PruningPlan plan, SensitivityCurves curves, Optional<Sparsity> share) {
        Map<String, PruningPlan.Target> targets = new HashMap<>();
        plan.targets().stream()
                .filter(target ->
                        target.requested().isEmpty() || target.requested().equals(share))
                .forEach(target -> targets.put(target.weight().name(), target));
        SensitivityCurves used = new SensitivityCurves(
                curves.divergence(),
                curves.levels(),
                curves.layers().stream()
                        .filter(layer -> Optional.ofNullable(targets.get(layer.weight()))
                                .filter(target -> units(target) == layer.units() && layer.units() > 0)
                                .isPresent())
                        .toList());
        if (used.layers().isEmpty()) {
            throw new PruningException(
                    "no layer that is to be pruned has a curve",
                    "",
                    "N:M patterns leave nothing to divide; otherwise measure again, into another file of curves");
        }
        long zeros = 0;
        for (SensitivityCurves.Curve layer : used.layers()) {
            zeros += zeros(targets, layer);
        }
        long[] divided = Budget.divide(used, zeros);
        Map<Weight, Long> changed = new HashMap<>();
        for (int i = 0; i < divided.length; i++) {
            PruningPlan.Target target = targets.get(used.layers().get(i).weight());
            if (target != null) {
                changed.put(target.weight(), divided[i]);
            }
        }
        return plan.with(changed, "by what it does to the output");
    }

    private static long zeros(Map<String, PruningPlan.Target> targets, SensitivityCurves.Curve layer) {
        return Optional.ofNullable(targets.get(layer.weight()))
                .map(PruningPlan.Target::zeros)
                .orElse(0L);
    }

    private static long units(PruningPlan.Target target) {
        return target.pattern().unitCount(target.weight().shape());
    }
}
