package dev.espalier.run.calibrate;

/// Of a MatMul or Gemm: a row for each but the first and last axes' indices.
record ProductRows(Tensor input, Tensor response) implements Rows {
    @Override
    public int positions() {
        return input.values().length / input.dim(0) / columns();
    }

    private int columns() {
        return input.dim(input.rank() - 1);
    }

    @Override
    public void input(int sample, int position, float[] to, int at) {
        System.arraycopy(input.values(), (sample * positions() + position) * columns(), to, at, columns());
    }

    @Override
    public int response(int sample, int position) {
        return (sample * positions() + position) * response.dim(response.rank() - 1);
    }

    @Override
    public int step() {
        return 1;
    }
}
