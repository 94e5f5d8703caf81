package dev.espalier.pruning.calibrated;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// How far the output of a model goes from what it was when one layer alone is pruned.
///
/// @param divergence what is measured, for people
/// @param levels shares of the units that are zero, ascending
/// @param layers one curve for each
public record SensitivityCurves(String divergence, List<Double> levels, List<Curve> layers) implements LayerBudget {
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

    @Override
    public Map<String, Long> units() {
        return layers.stream().collect(Collectors.toMap(Curve::weight, Curve::units, (first, second) -> first));
    }

    @Override
    public Map<String, Long> divide(Set<String> among, long zeros) {
        SensitivityCurves used = new SensitivityCurves(
                divergence,
                levels,
                layers.stream().filter(layer -> among.contains(layer.weight)).toList());
        long[] divided = Budget.divide(used, zeros);
        Map<String, Long> named = new LinkedHashMap<>();
        for (int i = 0; i < divided.length; i++) {
            named.put(used.layers.get(i).weight, divided[i]);
        }
        return named;
    }

    @Override
    public String reason() {
        return "by what it does to the output";
    }
}
