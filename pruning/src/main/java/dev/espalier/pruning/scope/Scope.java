package dev.espalier.pruning.scope;

import java.util.List;

/// What a sparsity is counted over, and how it is divided among layers.
public interface Scope {
    /// The name on the command line.
    String name();

    /// What it does, in one line of help.
    String summary();

    /// Where its formula was published.
    String source();

    /// Whether it asks every layer alone for the sparsity, not all of them together.
    default boolean isOfEachLayer() {
        return false;
    }

    /// Whether it compares scores of one layer with those of another as they are, so that their scales must be
    /// known.
    default boolean comparesLayers() {
        return false;
    }

    /// How many units of a layer it lets go at most.
    default long most(Layer layer) {
        return layer.cap();
    }

    /// Divides what is asked for. More than [#most] is asked of no layer, and of all of them together not more
    /// than these have.
    ///
    /// @return one for each layer, in order; together exactly as much as is asked for, or less where too many
    ///     elements must never go
    List<Allotment> allot(List<Layer> layers, Amount amount);
}
