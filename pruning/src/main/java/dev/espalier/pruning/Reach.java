package dev.espalier.pruning;

import dev.espalier.pruning.scope.Amount;
import dev.espalier.pruning.scope.Layer;
import dev.espalier.pruning.scope.Scope;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/// Whether as many weights may go as are asked for.
final class Reach {
    private static final int DIGITS = 20;

    private Reach() {}

    /// @throws PruningException that says how many may, if it is fewer
    static void requireEnough(PruneRule rule, List<Layer> layers, Amount amount) {
        Scope scope = rule.settings().scope();
        if (scope.isOfEachLayer()) {
            layers.forEach(
                    layer -> require(rule, layer.units(), scope.most(layer), amount.in(layer.units(), layer::zeros)));
            return;
        }
        long all = layers.stream().mapToLong(Layer::total).sum();
        long most = layers.stream().mapToLong(l -> scope.most(l) * l.cost()).sum();
        require(
                rule,
                all,
                most,
                amount.in(all, () -> layers.stream().mapToLong(Layer::zeroTotal).sum()));
    }

    private static void require(PruneRule rule, long all, long most, long wanted) {
        if (wanted <= most) {
            return;
        }
        BigDecimal share = BigDecimal.valueOf(most).divide(BigDecimal.valueOf(all), DIGITS, RoundingMode.FLOOR);
        String limits = rule.settings().limits().maxLayer().share().compareTo(BigDecimal.ONE) < 0
                ? "no layer loses more than " + rule.settings().limits().maxLayer()
                : "the scope " + rule.settings().scope().name() + " keeps more";
        throw new PruningException(
                "a sparsity of " + rule.sparsity().orElseThrow() + " cannot be reached: " + limits,
                rule.origin(),
                "at most " + new Sparsity(share.setScale(4, RoundingMode.FLOOR)) + " can be reached");
    }
}
