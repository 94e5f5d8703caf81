package dev.espalier.run.calibrate;

/// Where the rows of a layer's inputs and outputs are in what it reads and gives.
sealed interface Rows permits ConvolvedRows, ProductRows {
    /// How many rows each sample has.
    int positions();

    /// Copies a row of inputs.
    void input(int sample, int position, float[] to, int at);

    /// Where an element of a row of outputs is.
    int responseAt(int sample, int position, int output);
}
