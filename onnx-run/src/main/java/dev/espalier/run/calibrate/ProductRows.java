package dev.espalier.run.calibrate;

/// Of a MatMul or Gemm: a row for each but the last axis's indices, those of a sample one after the other; or those of
/// a
/// position, if that is counted by the first axis and samples by the second.
///
/// @param samples how many there are
record ProductRows(Tensor input, Tensor response, int samples) implements Rows {
    /// @throws IllegalArgumentException if not every sample has as many rows
    ProductRows {
        if (input.values().length / input.dim(input.rank() - 1) % samples != 0) {
            throw new IllegalArgumentException("its rows are not as many for each sample");
        }
    }

    @Override
    public int positions() {
        return input.values().length / samples / columns();
    }

    private int columns() {
        return input.dim(input.rank() - 1);
    }

    private boolean isPositionFirst() {
        return input.rank() == 3 && input.dim(0) != samples && input.dim(1) == samples;
    }

    private int row(int sample, int position) {
        return isPositionFirst() ? position * samples + sample : sample * positions() + position;
    }

    @Override
    public void input(int group, int sample, int position, float[] to, int at) {
        System.arraycopy(input.values(), row(sample, position) * columns(), to, at, columns());
    }

    @Override
    public int response(int sample, int position, int output) {
        return row(sample, position) * response.dim(response.rank() - 1) + output;
    }

    @Override
    public int step() {
        return 1;
    }
}
