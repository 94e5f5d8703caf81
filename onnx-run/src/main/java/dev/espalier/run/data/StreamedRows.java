package dev.espalier.run.data;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;

/// Rows that are read from a stream, each later than the one before: one row is in memory.
final class StreamedRows implements Rows {
    private static final int BLOCK = 1 << 16;

    private final InputStream in;
    private final String where;
    private final long rowBytes;
    private final byte[] block = new byte[BLOCK];
    private long next;

    /// @param in at the first row; closed with this
    /// @param where to name in errors
    StreamedRows(InputStream in, long rowBytes, String where) {
        this.in = in;
        this.rowBytes = rowBytes;
        this.where = where;
    }

    @Override
    public void read(long row, MemorySegment to) throws IOException {
        if (row < next) {
            throw new IllegalStateException("row " + row + " after row " + (next - 1) + " of a stream");
        }
        pass((row - next) * rowBytes, MemorySegment.NULL);
        pass(rowBytes, to);
        next = row + 1;
    }

    /// Reads bytes, to a place or to none.
    private void pass(long bytes, MemorySegment to) throws IOException {
        for (long done = 0; done < bytes; ) {
            int got = readBlock((int) Math.min(BLOCK, bytes - done));
            if (to.byteSize() > 0) {
                MemorySegment.copy(MemorySegment.ofArray(block), 0, to, done, got);
            }
            done += got;
        }
    }

    private int readBlock(int most) throws IOException {
        int got;
        try {
            got = in.read(block, 0, most);
        } catch (IOException e) {
            throw NpyArray.truncated(where, String.valueOf(e.getMessage()));
        }
        if (got <= 0) {
            throw NpyArray.truncated(where, "it ends early");
        }
        return got;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
