package dev.espalier.run.calibrate;

/// Of a Conv: a row for each position.
///
/// @param groups of outputs, each of which reads as many channels
/// @param samples how many there are
record ConvolvedRows(Window window, Tensor input, Tensor response, int groups, int samples) implements Rows {
    /// @throws IllegalArgumentException if not every sample has as many rows
    ConvolvedRows {
        if (input.dim(0) % samples != 0) {
            throw new IllegalArgumentException("its rows are not as many for each sample");
        }
    }

    @Override
    public int positions() {
        return input.dim(0) / samples * window.positions();
    }

    private int image(int sample, int position) {
        return input.dim(0) / samples * sample + position / window.positions();
    }

    @Override
    public void input(int group, int sample, int position, float[] to, int at) {
        int channels = input.dim(1) / groups;
        window.copy(input, image(sample, position), group * channels, channels, position % window.positions(), to, at);
    }

    @Override
    public int response(int sample, int position, int output) {
        return image(sample, position) * response.sizeFrom(1) + position % window.positions() + output * step();
    }

    @Override
    public int step() {
        return response.sizeFrom(2);
    }
}
