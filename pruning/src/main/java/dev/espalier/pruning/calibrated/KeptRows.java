package dev.espalier.pruning.calibrated;

/// Samples themselves, where their moments do not say enough.
final class KeptRows {
    private final float[] x;
    private final float[] t;
    private final int rows;

    /// @param x inputs, rows x inputs
    /// @param t outputs that there should be, rows x outputs
    KeptRows(float[] x, float[] t, int rows) {
        this.x = x;
        this.t = t;
        this.rows = rows;
    }

    /// Inputs, rows x inputs.
    float[] x() {
        return x;
    }

    /// The outputs that there should be, rows x outputs.
    float[] t() {
        return t;
    }

    int rows() {
        return rows;
    }
}
