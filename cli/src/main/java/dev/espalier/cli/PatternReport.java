package dev.espalier.cli;

import dev.espalier.pruning.PatternCompliance;
import dev.espalier.pruning.Weight;
import java.util.ArrayList;
import java.util.List;

/// How many groups of each layer follow the patterns that kernels and encodings can use.
///
/// @param patterns their names, in the order of each layer's figures
record PatternReport(int schemaVersion, ModelFacts model, List<String> patterns, List<Layer> layers) implements Report {
    /// A weight.
    record Layer(String node, String operator, String weight, long parameters, long zeros, List<Figure> patterns) {
        static Layer of(Weight weight) {
            return new Layer(
                    weight.node().label(),
                    weight.node().operator(),
                    weight.name(),
                    weight.elementCount(),
                    weight.zeroCount(),
                    PatternCompliance.of(weight).stream().map(Figure::of).toList());
        }
    }

    /// One pattern on it.
    ///
    /// @param groups how many it has; 0 if it cannot follow the pattern
    /// @param complying of them that follow it
    /// @param note why it cannot, or what of it is in no group; empty if neither
    record Figure(String pattern, long groups, long complying, String note) {
        static Figure of(PatternCompliance compliance) {
            return new Figure(
                    compliance.pattern(),
                    compliance.groups(),
                    compliance.groups() - compliance.violations(),
                    compliance.note());
        }

        private String cell() {
            return groups == 0 ? "-" : Figures.percent(complying, groups);
        }
    }

    static PatternReport of(ModelFacts model, List<Weight> weights) {
        return new PatternReport(
                JsonReport.SCHEMA_VERSION,
                model,
                PatternCompliance.NAMES,
                weights.parallelStream().map(Layer::of).toList());
    }

    @Override
    public void print(Console console) {
        model.print(console);
        console.out().println();
        if (!layers.isEmpty()) {
            console.out().println(table().render(layers, console.columns()));
            console.out().println();
        }
        notes().forEach(console.out()::println);
    }

    private TextTable<Layer> table() {
        TextTable<Layer> table = new TextTable<Layer>()
                .name("weight", Layer::weight)
                .number("zeros %", layer -> Figures.percent(layer.zeros, layer.parameters));
        for (int i = 0; i < patterns.size(); i++) {
            int column = i;
            table.number(
                    patterns.get(i).replace("block:", ""),
                    layer -> layer.patterns.get(column).cell());
        }
        return table;
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        notes.add("percent of groups that comply: of 2:4, at most 2 of every 4 along what the operator sums over");
        notes.add("are not zero; of a block (outputs x inputs), all are zero or none is: so do all without zeros");
        layers.stream()
                .flatMap(layer -> layer.patterns.stream())
                .filter(figure -> figure.groups == 0)
                .map(Figure::note)
                .distinct()
                .forEach(reason -> notes.add("- where " + reason));
        return notes;
    }
}
