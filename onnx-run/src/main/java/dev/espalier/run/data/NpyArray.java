package dev.espalier.run.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipException;

/// One array in NumPy's format, wherever it is stored.
///
/// @param where to name in errors
/// @param header read already
/// @param source gives the array's bytes from the start
record NpyArray(String where, NpyHeader header, Source source) {
    /// Bytes that can be read again from the start.
    @FunctionalInterface
    interface Source {
        InputStream open() throws IOException;
    }

    /// Reads the header.
    ///
    /// @param size of the whole array with its header, in bytes
    /// @throws DataException if it is no array of numbers, or shorter than its header says
    static NpyArray of(String where, long size, Source source) throws IOException {
        try (InputStream in = source.open()) {
            NpyHeader header = NpyHeader.read(in, where);
            if (size < header.totalBytes()) {
                throw truncated(where, "its header promises " + header.totalBytes() + " bytes, and it has " + size);
            }
            return new NpyArray(where, header, source);
        }
    }

    static DataException truncated(String where, String detail) {
        return new DataException("a truncated NumPy array: " + detail, where, "copy or write the file again");
    }

    /// The rows from a stream, in their order.
    Rows streamed() throws IOException {
        InputStream in = new BufferedInputStream(source.open());
        try {
            in.skipNBytes(header.bytes());
        } catch (ZipException | EOFException e) {
            throw truncated(where, String.valueOf(e.getMessage()));
        }
        return inOrder(new StreamedRows(in, field("").rowBytes(), where));
    }

    /// The rows of a file that starts with this array, in any order.
    Rows mapped(Path file) throws IOException {
        return inOrder(new MappedRows(file, header));
    }

    /// The rows in any order, from a copy of the array in a temporary file, which is deleted in the end.
    Rows copied() throws IOException {
        Path copy = Files.createTempFile("espalier", ".npy");
        try {
            try (InputStream in = source.open();
                    var out = Files.newOutputStream(copy)) {
                long left = header.totalBytes();
                byte[] block = new byte[1 << 16];
                for (int got; left > 0; left -= got) {
                    got = in.read(block, 0, (int) Math.min(block.length, left));
                    if (got <= 0) {
                        throw truncated(where, "it ends early");
                    }
                    out.write(block, 0, got);
                }
            }
            return new Deleted(mapped(copy), copy);
        } catch (ZipException | EOFException e) {
            Files.deleteIfExists(copy);
            throw truncated(where, String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(copy);
            throw e;
        }
    }

    Field field(String name) {
        return header.field(name, where);
    }

    private Rows inOrder(Rows rows) {
        int width = header.type().bits() / Byte.SIZE;
        return header.isBigEndian() && width > 1 ? new Swapped(rows, width) : rows;
    }

    /// Rows of elements whose bytes are stored highest first.
    private record Swapped(Rows rows, int width) implements Rows {
        @Override
        public void read(long row, MemorySegment to) throws IOException {
            rows.read(row, to);
            for (long at = 0; at < to.byteSize(); at += width) {
                for (int low = 0, high = width - 1; low < high; low++, high--) {
                    byte kept = to.get(ValueLayout.JAVA_BYTE, at + low);
                    to.set(ValueLayout.JAVA_BYTE, at + low, to.get(ValueLayout.JAVA_BYTE, at + high));
                    to.set(ValueLayout.JAVA_BYTE, at + high, kept);
                }
            }
        }

        @Override
        public void close() throws IOException {
            rows.close();
        }
    }

    /// Rows of a file that goes when they are closed.
    private record Deleted(Rows rows, Path file) implements Rows {
        @Override
        public void read(long row, MemorySegment to) throws IOException {
            rows.read(row, to);
        }

        @Override
        public void close() throws IOException {
            rows.close();
            Files.deleteIfExists(file);
        }
    }
}
