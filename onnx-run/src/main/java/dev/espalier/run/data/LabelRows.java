package dev.espalier.run.data;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The labels of samples, whatever their shape.
///
/// @param stored memory for one row
record LabelRows(Field field, Rows rows, MemorySegment stored) implements Closeable {
    private static final long MOST_ELEMENTS = 1L << 26;

    /// @throws DataException if there are not enough of them
    static LabelRows open(Dataset data, String name, int[] samples, boolean anyOrder) throws IOException {
        Field field = data.field(name);
        int most = Arrays.stream(samples).max().orElse(0);
        if (field.rows() <= most || field.row().elementCount() > MOST_ELEMENTS) {
            throw new DataException(
                    "the labels " + field + " are not one for each sample",
                    "file '" + data.source() + "'",
                    "there must be " + (most + 1) + " of them");
        }
        MemorySegment stored =
                Arena.ofAuto().allocate(Math.max(1, field.rowBytes())).asSlice(0, field.rowBytes());
        return new LabelRows(field, data.rows(field, anyOrder), stored);
    }

    double[] read(int sample) throws IOException {
        rows.read(sample, stored);
        double[] label = new double[(int) field.row().elementCount()];
        Elements.read(field.type(), stored, label);
        return label;
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
