package dev.espalier.run.calibrate;

/// Where the rows of a layer's inputs and outputs are in what it reads and gives.
sealed interface Rows permits BatchedRows, ConvolvedRows, ProductRows, RecurrentRows {
    /// How many rows each sample has.
    int positions();

    /// Copies a row of the inputs of a group of outputs.
    void input(int group, int sample, int position, float[] to, int at);

    /// What holds the outputs.
    Tensor response();

    /// Where an output of a row is in that.
    int response(int sample, int position, int output);

    /// How far apart the outputs of a row and a group are.
    int step();
}
