package dev.espalier.run.data;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// The rows of one [Field], read one at a time.
public interface Rows extends Closeable {
    /// Copies a row: its elements in row-major order, little-endian.
    ///
    /// @param row from 0
    /// @param to of the row's size
    /// @throws DataException if the file ends before the row does
    /// @throws UnreadableRowException if this row cannot be read, and others may
    void read(long row, MemorySegment to) throws IOException;

    /// What reads a row, if nothing is to be closed.
    @FunctionalInterface
    interface Reader {
        /// @see Rows#read
        void read(long row, MemorySegment to) throws IOException;
    }

    /// Rows of which nothing is to be closed.
    static Rows of(Reader reader) {
        return new Rows() {
            @Override
            public void read(long row, MemorySegment to) throws IOException {
                reader.read(row, to);
            }

            @Override
            public void close() {}
        };
    }
}
