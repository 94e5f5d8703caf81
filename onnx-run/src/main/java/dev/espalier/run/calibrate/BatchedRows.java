package dev.espalier.run.calibrate;

/// Of a MatMul by several matrices: a row for each but the matrices' indices and the last axis's.
///
/// @param batches how many matrices there are, of which each is a group of outputs
/// @param samples how many there are
record BatchedRows(Tensor input, Tensor response, int batches, int samples) implements Rows {
    /// @throws IllegalArgumentException if not every sample has as many rows, or matrices are repeated
    BatchedRows {
        int rows = response.values().length / response.dim(response.rank() - 1) / batches;
        int read = input.values().length / input.dim(input.rank() - 1);
        if (rows % samples != 0 || (read != rows && read != rows * batches)) {
            throw new IllegalArgumentException("its rows are not as many for each sample");
        }
    }

    private int columns() {
        return input.dim(input.rank() - 1);
    }

    private int outputs() {
        return response.dim(response.rank() - 1);
    }

    /// Rows that one matrix multiplies one after the other.
    private int together() {
        return response.dim(response.rank() - 2);
    }

    private int rows() {
        return response.values().length / outputs() / batches;
    }

    @Override
    public int positions() {
        return rows() / samples;
    }

    /// Where a row of a matrix is among the rows of all of them.
    private int place(int batch, int row) {
        return (row / together() * batches + batch) * together() + row % together();
    }

    @Override
    public void input(int group, int sample, int position, float[] to, int at) {
        int row = sample * positions() + position;
        boolean isShared = input.values().length / columns() == rows();
        System.arraycopy(input.values(), (isShared ? row : place(group, row)) * columns(), to, at, columns());
    }

    @Override
    public int response(int sample, int position, int output) {
        return place(output / outputs(), sample * positions() + position) * outputs() + output % outputs();
    }

    @Override
    public int step() {
        return 1;
    }
}
