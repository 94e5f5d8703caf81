package dev.espalier.pruning.calibrated;

/// What is kept of a layer's samples, of rows x of its inputs and rows t of the outputs that it should have.
public sealed interface SampleSums permits Moments, Means {
    /// Length of x.
    int inputs();

    /// Length of t.
    int outputs();

    /// How many samples there are.
    long samples();

    /// Adds samples.
    ///
    /// @param x rows x inputs
    /// @param t rows x outputs
    void add(float[] x, float[] t, int rows, Products products);
}
