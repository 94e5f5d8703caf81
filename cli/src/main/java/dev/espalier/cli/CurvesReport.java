package dev.espalier.cli;

import dev.espalier.pruning.calibrated.SensitivityCurves;
import java.util.List;
import java.util.Locale;

/// What each layer alone, pruned and fitted, does to the output of the model.
///
/// @param divergence what is measured
/// @param levels shares of zeros, ascending
/// @param layers in file order
record CurvesReport(
        int schemaVersion, String model, String divergence, List<Double> levels, List<SensitivityCurves.Curve> layers)
        implements Report {
    static CurvesReport of(String model, SensitivityCurves curves) {
        return new CurvesReport(
                JsonReport.SCHEMA_VERSION, model, curves.divergence(), curves.levels(), curves.layers());
    }

    @Override
    public void print(Console console) {
        console.out().println(divergence + ", when each layer alone is pruned and fitted");
        console.out().println();
        console.out().println(table().render(layers, console.columns()));
    }

    private TextTable<SensitivityCurves.Curve> table() {
        TextTable<SensitivityCurves.Curve> table =
                new TextTable<SensitivityCurves.Curve>().name("weight", SensitivityCurves.Curve::weight);
        for (int i = 0; i < levels.size(); i++) {
            int level = i;
            table.number(
                    Math.round(100 * levels.get(i)) + " %",
                    curve -> String.format(
                            Locale.ROOT, "%.0e", curve.divergences().get(level)));
        }
        return table;
    }
}
