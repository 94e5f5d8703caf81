package dev.espalier.pruning;

import java.util.Locale;

/// What a sparsity is counted over.
public enum Scope {
    /// Every weight reaches the sparsity by itself.
    LAYER,
    /// All weights together reach it: the smallest magnitudes of the whole model go (PyTorch's `global_unstructured`).
    GLOBAL;

    /// The name on the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
