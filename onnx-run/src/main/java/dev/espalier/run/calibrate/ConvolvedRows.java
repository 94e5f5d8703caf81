package dev.espalier.run.calibrate;

/// Of a Conv: a row for each position.
record ConvolvedRows(Window window, Tensor input, Tensor response) implements Rows {
    @Override
    public int positions() {
        return window.positions();
    }

    @Override
    public void input(int sample, int position, float[] to, int at) {
        window.copy(input, sample, position, to, at);
    }

    @Override
    public int responseAt(int sample, int position, int output) {
        return (sample * response.dim(1) + output) * response.sizeFrom(2) + position;
    }
}
