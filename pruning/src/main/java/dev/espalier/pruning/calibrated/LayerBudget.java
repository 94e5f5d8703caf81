package dev.espalier.pruning.calibrated;

import java.util.Map;
import java.util.Set;

/// What is known of layers by which zeros are divided among them.
public sealed interface LayerBudget permits SensitivityCurves, Outliers {
    /// How many units there are to choose among in each layer that it knows, by the name of its weight.
    Map<String, Long> units();

    /// Divides zeros among some layers.
    ///
    /// @param among names of weights that it knows
    /// @param zeros how many units are to be zero in all of them together
    /// @return how many in each, which sum up to that
    Map<String, Long> divide(Set<String> among, long zeros);

    /// By what they are divided, for people.
    String reason();
}
