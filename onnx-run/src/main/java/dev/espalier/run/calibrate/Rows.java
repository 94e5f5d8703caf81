package dev.espalier.run.calibrate;

/// Where the rows of a layer's inputs and outputs are in what it reads and gives.
sealed interface Rows permits ConvolvedRows, ProductRows, RecurrentRows {
    /// How many rows each sample has.
    int positions();

    /// Copies a row of the inputs of a group of outputs.
    void input(int group, int sample, int position, float[] to, int at);

    /// What holds the outputs.
    Tensor response();

    /// Where the first element of a row of outputs is in that.
    int response(int sample, int position);

    /// How far apart the elements of a row of outputs are.
    int step();
}
