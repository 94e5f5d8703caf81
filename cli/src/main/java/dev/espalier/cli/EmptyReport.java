package dev.espalier.cli;

import dev.espalier.pruning.EmptySlices;
import dev.espalier.pruning.Weight;
import java.util.ArrayList;
import java.util.List;

/// Outputs and inputs of each layer that are all zero.
record EmptyReport(int schemaVersion, ModelFacts model, List<Layer> layers) implements Report {
    /// A weight.
    ///
    /// @param unknown why its outputs and inputs are not known; empty if they are
    record Layer(
            String node,
            String operator,
            String weight,
            String shape,
            long outputs,
            long emptyOutputs,
            long inputs,
            long emptyInputs,
            String unknown) {
        static Layer of(Weight weight) {
            EmptySlices slices = EmptySlices.of(weight);
            return new Layer(
                    weight.node().label(),
                    weight.node().operator(),
                    weight.name(),
                    weight.shape().toString(),
                    slices.outputs(),
                    slices.emptyOutputs(),
                    slices.inputs(),
                    slices.emptyInputs(),
                    slices.reason());
        }

        private String cell(long empty, long all) {
            return unknown.isEmpty() ? Figures.count(empty) + " of " + Figures.count(all) : "-";
        }
    }

    static EmptyReport of(ModelFacts model, List<Weight> weights) {
        return new EmptyReport(
                JsonReport.SCHEMA_VERSION,
                model,
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

    private static TextTable<Layer> table() {
        return new TextTable<Layer>()
                .dispensableName("node", Layer::node)
                .text("operator", Layer::operator)
                .name("weight", Layer::weight)
                .number("shape", Layer::shape)
                .number("empty outputs", layer -> layer.cell(layer.emptyOutputs, layer.outputs))
                .number("empty inputs", layer -> layer.cell(layer.emptyInputs, layer.inputs));
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        notes.add("%s of %s outputs and %s of %s inputs are all zero, in %d of %d layers"
                .formatted(
                        Figures.count(
                                layers.stream().mapToLong(Layer::emptyOutputs).sum()),
                        Figures.count(layers.stream().mapToLong(Layer::outputs).sum()),
                        Figures.count(
                                layers.stream().mapToLong(Layer::emptyInputs).sum()),
                        Figures.count(layers.stream().mapToLong(Layer::inputs).sum()),
                        layers.stream()
                                .filter(l -> l.emptyOutputs + l.emptyInputs > 0)
                                .count(),
                        layers.size()));
        layers.stream()
                .filter(layer -> !layer.unknown.isEmpty())
                .forEach(layer -> notes.add("not known: " + layer.weight + ": " + layer.unknown));
        return notes;
    }
}
