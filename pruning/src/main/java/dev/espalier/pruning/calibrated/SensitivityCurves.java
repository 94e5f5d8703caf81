package dev.espalier.pruning.calibrated;

import java.util.List;

/// How far the output of a model goes from what it was when one layer alone is pruned.
///
/// @param divergence what is measured, for people
/// @param levels shares of the units that are zero, ascending
/// @param layers one curve for each
public record SensitivityCurves(String divergence, List<Double> levels, List<Curve> layers) {
    /// Of one layer.
    ///
    /// @param weight its weight's name
    /// @param units how many units there are to choose among
    /// @param divergences one for each level
    public record Curve(String weight, long units, List<Double> divergences) {
        public Curve {
            divergences = List.copyOf(divergences);
        }
    }

    public SensitivityCurves {
        levels = List.copyOf(levels);
        layers = List.copyOf(layers);
    }
}
