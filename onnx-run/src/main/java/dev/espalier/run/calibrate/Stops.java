package dev.espalier.run.calibrate;

import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.calibrated.LayerUse;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Where the two models are looked at for a layer.
final class Stops {
    private final Graph graph;
    private final Route route;

    Stops(Graph graph) {
        this.graph = graph;
        this.route = Route.of(graph);
    }

    /// In the dense model: where its outputs are known, and what is added to them.
    Walk.Stop dense(LayerUse use) {
        return switch (use) {
            case LayerUse.Product product ->
                new Walk.Stop(behind(product.response()), names(product.skip(), product.response()));
            case LayerUse.Projection projection -> stop(projection);
            case LayerUse.Recurrence recurrence -> stop(recurrence);
        };
    }

    /// In the pruned one: just before it, so that it runs again when its weight has changed.
    Walk.Stop pruned(LayerUse use) {
        return switch (use) {
            case LayerUse.Product product ->
                new Walk.Stop(
                        behind(product.node().output(0).orElseThrow()) - 1, names(product.skip(), product.input()));
            case LayerUse.Projection projection -> stop(projection);
            case LayerUse.Recurrence recurrence -> stop(recurrence);
        };
    }

    private Walk.Stop stop(LayerUse.Projection use) {
        return new Walk.Stop(
                behind(use.node().output(0).orElseThrow()) - 1,
                Set.of(use.input().name()));
    }

    /// What the operator gives is looked at from before it, so that it runs again when the weight has changed.
    private Walk.Stop stop(LayerUse.Recurrence use) {
        Optional<Value> initial = use.initial().filter(value -> value.constant().isEmpty());
        return new Walk.Stop(behind(use.output()) - 1, names(initial, use.input(), use.output()));
    }

    private int behind(Value value) {
        return graph.value(value.name()).map(route::behind).orElseThrow();
    }

    private static Set<String> names(Optional<Value> perhaps, Value... values) {
        Set<String> names = Arrays.stream(values).map(Value::name).collect(Collectors.toSet());
        perhaps.ifPresent(value -> names.add(value.name()));
        return Set.copyOf(names);
    }
}
