package dev.espalier.pruning;

import java.util.List;
import java.util.OptionalLong;

/// What pruning did to a model.
///
/// @param layers one for each weight of the plan
/// @param leftAlone what was not pruned
/// @param raisedIrVersion the file format's old version if it had to be raised for the encodings
public record PruningResult(List<LayerResult> layers, List<LeftAlone> leftAlone, OptionalLong raisedIrVersion) {
    public PruningResult {
        layers = List.copyOf(layers);
        leftAlone = List.copyOf(leftAlone);
    }

    /// Elements of all weights that the plan is about.
    public long elements() {
        return layers.stream().mapToLong(l -> l.weight().elementCount()).sum();
    }

    /// Zeros of all of them.
    public long zeros() {
        return layers.stream().mapToLong(LayerResult::zeros).sum();
    }
}
