package dev.espalier.cli;

import dev.espalier.pruning.LayerSensitivity;
import dev.espalier.pruning.Sparsity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// How much energy layers lose when their smallest weights go, the weakest first.
///
/// @param levels shares of zeros, ascending
/// @param layers by what they lose at the highest level, the most first
/// @param together over all layers of known scale, for each level; null if they have no energy
record SensitivityReport(
        int schemaVersion,
        ModelFacts model,
        List<Double> levels,
        List<Layer> layers,
        List<@Nullable Double> together,
        List<String> notes)
        implements Report {
    /// A weight.
    ///
    /// @param zeros that it has already
    /// @param energy sum of its squares
    /// @param inSteps whether that is in steps of its integers, since their scale is not known
    record Layer(
            String node,
            String operator,
            String weight,
            long parameters,
            long zeros,
            long notFinite,
            double energy,
            boolean inSteps,
            List<Loss> losses) {
        static Layer of(LayerSensitivity layer) {
            return new Layer(
                    layer.weight().node().label(),
                    layer.weight().node().operator(),
                    layer.weight().name(),
                    layer.weight().elementCount(),
                    layer.zeros(),
                    layer.unprunable(),
                    layer.energy(),
                    !layer.weight().quantization().isScaleKnown(),
                    IntStream.range(0, layer.losses().size())
                            .mapToObj(i -> new Loss(layer.losses().get(i).zeros(), Figures.orNull(layer.lostShare(i))))
                            .toList());
        }

        private double weakness() {
            Double lost = losses.getLast().energyLost;
            return lost == null ? -1 : lost;
        }
    }

    /// At one level.
    ///
    /// @param zeros that the layer has then
    /// @param energyLost share of its energy; null if it has none
    record Loss(long zeros, @Nullable Double energyLost) {}

    static SensitivityReport of(ModelFacts model, List<Sparsity> levels, List<LayerSensitivity> layers) {
        return new SensitivityReport(
                JsonReport.SCHEMA_VERSION,
                model,
                levels.stream().map(level -> level.share().doubleValue()).toList(),
                layers.stream()
                        .map(Layer::of)
                        .sorted(Comparator.comparingDouble(Layer::weakness).reversed())
                        .toList(),
                together(levels.size(), layers),
                notes(layers));
    }

    private static List<@Nullable Double> together(int levels, List<LayerSensitivity> layers) {
        List<LayerSensitivity> comparable = layers.stream()
                .filter(layer -> layer.weight().quantization().isScaleKnown())
                .toList();
        double energy =
                comparable.stream().mapToDouble(LayerSensitivity::energy).sum();
        List<@Nullable Double> lost = new ArrayList<>();
        for (int i = 0; i < levels; i++) {
            int level = i;
            lost.add(Figures.orNull(comparable.stream()
                            .mapToDouble(layer -> layer.losses().get(level).energyLost())
                            .sum()
                    / energy));
        }
        return lost;
    }

    private static List<String> notes(List<LayerSensitivity> layers) {
        List<String> notes = new ArrayList<>();
        long inSteps = layers.stream()
                .filter(layer -> !layer.weight().quantization().isScaleKnown())
                .count();
        if (inSteps > 0) {
            notes.add(inSteps + " layers of unknown scale are not in the sum over all layers");
        }
        long notFinite = layers.stream().mapToLong(LayerSensitivity::unprunable).sum();
        if (notFinite > 0) {
            notes.add(Figures.count(notFinite) + " NaN or infinite weights never go and are in no sum");
        }
        return notes;
    }

    @Override
    public void print(Console console) {
        console.out().println("energy lost, in percent, when the smallest weights of each layer go");
        console.out().println();
        if (!layers.isEmpty()) {
            console.out().println(table().render(layers, console.columns()));
            console.out().println();
        }
        console.out().printf("%d layers, each at the same level, lose together:", layers.size());
        for (int i = 0; i < levels.size(); i++) {
            console.out().printf("%s %s %% at %s", i == 0 ? "" : ",", Figures.share(together.get(i)), percent(i));
        }
        console.out().println();
        notes.forEach(console.out()::println);
    }

    private String percent(int level) {
        return Figures.real(levels.get(level) * 100) + " %";
    }

    private TextTable<Layer> table() {
        TextTable<Layer> table = new TextTable<Layer>()
                .dispensableName("node", Layer::node)
                .name("weight", Layer::weight)
                .number("parameters", layer -> Figures.count(layer.parameters))
                .number("zeros %", layer -> Figures.percent(layer.zeros, layer.parameters));
        for (int i = 0; i < levels.size(); i++) {
            int level = i;
            table.number("at " + percent(i), layer -> Figures.share(layer.losses.get(level).energyLost));
        }
        return table;
    }
}
