package dev.espalier.cli;

import dev.espalier.pruning.LayerSparsity;
import dev.espalier.pruning.LeftAlone;
import java.util.ArrayList;
import java.util.List;

/// Where a model's weights and zeros are.
///
/// @param others tensors that are not pruned, if they were asked for
record InspectReport(
        int schemaVersion, ModelFacts model, List<Layer> layers, Totals totals, List<Tensor> others, List<String> notes)
        implements Report {
    /// A weight.
    ///
    /// @param uses how many operators multiply by it
    record Layer(
            String node,
            String operator,
            String weight,
            String type,
            String shape,
            long parameters,
            long zeros,
            String storage,
            long bytes,
            int uses) {
        static Layer of(LayerSparsity layer) {
            return new Layer(
                    layer.weight().node().label(),
                    layer.weight().node().operator(),
                    layer.weight().name(),
                    layer.weight().type().label(),
                    layer.weight().shape().toString(),
                    layer.weight().elementCount(),
                    layer.zeros(),
                    layer.storage(),
                    layer.bytes(),
                    layer.weight().nodes().size());
        }

        String zerosPercent() {
            return Figures.percent(zeros, parameters);
        }

        String operatorAndUses() {
            return uses == 1 ? operator : operator + " x" + uses;
        }
    }

    /// A tensor that is not pruned.
    record Tensor(String name, String type, String shape, String reason) {
        static Tensor of(LeftAlone other) {
            return new Tensor(
                    other.value().path(),
                    other.value().constant().map(c -> c.type().label()).orElse("-"),
                    other.value().constant().map(c -> c.shape().toString()).orElse("-"),
                    other.reason());
        }
    }

    /// Over all layers that are listed.
    record Totals(int layers, long parameters, long zeros, long bytes) {
        static Totals of(List<Layer> layers) {
            return new Totals(
                    layers.size(),
                    layers.stream().mapToLong(Layer::parameters).sum(),
                    layers.stream().mapToLong(Layer::zeros).sum(),
                    layers.stream().mapToLong(Layer::bytes).sum());
        }
    }

    /// @param others what to list of what is not pruned
    static InspectReport of(ModelFacts model, List<LayerSparsity> layers, List<LeftAlone> others) {
        List<Layer> rows = layers.stream().map(Layer::of).toList();
        return new InspectReport(
                JsonReport.SCHEMA_VERSION,
                model,
                rows,
                Totals.of(rows),
                others.stream().map(Tensor::of).toList(),
                notes(layers));
    }

    /// What could make use of zeros. Nothing here promises speed.
    private static List<String> notes(List<LayerSparsity> layers) {
        if (layers.stream().allMatch(layer -> layer.zeros() == 0)) {
            return List.of();
        }
        long suitable = layers.stream().filter(LayerSparsity::suitsXnnpack).count();
        return List.of(
                "Who can use such zeros: ONNX Runtime's CPU provider computes with them like with any number;",
                "TensorRT has kernels for the 2:4 pattern; XNNPACK for 1x1 convolutions and dense layers above 2/3",
                "zeros (%d of these %d layers).".formatted(suitable, layers.size()));
    }

    @Override
    public void print(Console console) {
        model.print(console);
        if (!layers.isEmpty()) {
            console.out().println();
            console.out().println(layerTable().render(layers, console.columns()));
        }
        console.out().println();
        console.out()
                .printf(
                        "%d layers, %s weights, %s zero (%s %%), %s%n",
                        totals.layers,
                        Figures.count(totals.parameters),
                        Figures.count(totals.zeros),
                        Figures.percent(totals.zeros, totals.parameters),
                        Figures.bytes(totals.bytes));
        if (!others.isEmpty()) {
            console.out().println();
            console.out().println("not pruned:");
            console.out().println(otherTable().render(others, console.columns()));
        }
        notes.forEach(note -> console.out().println(note));
    }

    private static TextTable<Layer> layerTable() {
        return new TextTable<Layer>()
                .dispensableName("node", Layer::node)
                .text("operator", Layer::operatorAndUses)
                .name("weight", Layer::weight)
                .text("type", Layer::type)
                .number("shape", Layer::shape)
                .number("parameters", layer -> Figures.count(layer.parameters))
                .number("zeros %", Layer::zerosPercent)
                .text("stored", Layer::storage)
                .number("bytes", layer -> Figures.bytes(layer.bytes));
    }

    private static TextTable<Tensor> otherTable() {
        return new TextTable<Tensor>()
                .name("tensor", Tensor::name)
                .text("type", Tensor::type)
                .number("shape", Tensor::shape)
                .text("reason", Tensor::reason);
    }

    List<List<Object>> csv() {
        List<List<Object>> rows = new ArrayList<>();
        rows.add(List.of(
                "node",
                "operator",
                "weight",
                "type",
                "shape",
                "parameters",
                "zeros",
                "zeros_percent",
                "stored",
                "bytes"));
        for (Layer layer : layers) {
            rows.add(List.of(
                    layer.node,
                    layer.operator,
                    layer.weight,
                    layer.type,
                    layer.shape,
                    layer.parameters,
                    layer.zeros,
                    layer.zerosPercent(),
                    layer.storage,
                    layer.bytes));
        }
        for (Tensor other : others) {
            rows.add(List.of("", "", other.name, other.type, other.shape, "", "", "", other.reason, ""));
        }
        return rows;
    }
}
