package dev.espalier.run.calibrate;

/// Of an LSTM, GRU or RNN: a row for each position of each of its sequences.
///
/// @param actual what the pruned model's gates sum up
/// @param response what the weight should give
/// @param isHidden whether the weight is R
/// @param samples how many there are, each of which has as many sequences
record RecurrentRows(Gates.Sums actual, Tensor response, boolean isHidden, int samples) implements Rows {
    /// @throws IllegalArgumentException if not every sample has as many sequences
    RecurrentRows {
        if (actual.samples() % samples != 0) {
            throw new IllegalArgumentException("its sequences are not as many for each sample");
        }
    }

    @Override
    public int positions() {
        return actual.samples() / samples * actual.positions();
    }

    private int place(int sample, int position) {
        int sequence = actual.samples() / samples * sample + position / actual.positions();
        return position % actual.positions() * actual.samples() + sequence;
    }

    @Override
    public void input(int group, int sample, int position, float[] to, int at) {
        if (isHidden) {
            actual.copyLast(group, place(sample, position), to, at);
        } else {
            actual.copyRead(place(sample, position), to, at);
        }
    }

    @Override
    public int response(int sample, int position, int output) {
        return place(sample, position) * response.dim(2) + output;
    }

    @Override
    public int step() {
        return 1;
    }
}
