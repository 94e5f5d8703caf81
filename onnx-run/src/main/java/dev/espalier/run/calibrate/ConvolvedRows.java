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
    public int response(int sample, int position) {
        return sample * response.sizeFrom(1) + position;
    }

    @Override
    public int step() {
        return response.sizeFrom(2);
    }
}
