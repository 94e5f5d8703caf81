package dev.espalier.cli;

import dev.espalier.pruning.LayerSparsity;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/// In which order layers are listed.
enum LayerOrder {
    FILE,
    NAME,
    PARAMETERS,
    ZEROS,
    BYTES;

    List<LayerSparsity> sort(List<LayerSparsity> layers) {
        return switch (this) {
            case FILE -> layers;
            case NAME ->
                sorted(layers, Comparator.comparing(layer -> layer.weight().name()));
            case PARAMETERS ->
                sorted(layers, largestFirst(layer -> layer.weight().elementCount()));
            case ZEROS -> sorted(layers, largestFirst(LayerSparsity::zeros));
            case BYTES -> sorted(layers, largestFirst(LayerSparsity::bytes));
        };
    }

    private static Comparator<LayerSparsity> largestFirst(ToLongFunction<LayerSparsity> key) {
        return Comparator.comparingLong(key).reversed();
    }

    private static List<LayerSparsity> sorted(List<LayerSparsity> layers, Comparator<LayerSparsity> by) {
        return layers.stream().sorted(by).toList();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
