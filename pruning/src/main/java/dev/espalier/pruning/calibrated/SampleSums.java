package dev.espalier.pruning.calibrated;

/// What is kept of a layer's samples, of rows x of its inputs and rows t of the outputs that it should have.
public sealed interface SampleSums permits Moments, Means {
    /// Length of x.
    int inputs();

    /// Length of t.
    int outputs();

    /// How many samples there are.
    long samples();

    /// Whether samples themselves are kept.
    default boolean keepsRows() {
        return false;
    }

    /// Adds samples.
    void add(SampleRows rows, Products products);
}
