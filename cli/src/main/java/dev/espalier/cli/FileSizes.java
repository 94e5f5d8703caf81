package dev.espalier.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.zip.GZIPOutputStream;

/// What a model takes on a disk, and in a download that is compressed on its way.
///
/// @param bytes of all its files
/// @param gzipped the same, each compressed by gzip
record FileSizes(long bytes, long gzipped) {
    private static final int BUFFER = 1 << 16;

    static FileSizes of(Path model, Collection<Path> external) throws IOException {
        long gzipped = gzipped(model);
        for (Path file : external) {
            gzipped += gzipped(file);
        }
        return new FileSizes(bytes(model, external), gzipped);
    }

    /// The first figure alone, which takes no reading.
    static long bytes(Path model, Collection<Path> external) throws IOException {
        long bytes = Files.size(model);
        for (Path file : external) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    private static long gzipped(Path file) throws IOException {
        Count count = new Count();
        try (GZIPOutputStream out = new GZIPOutputStream(count, BUFFER)) {
            Files.copy(file, out);
        }
        return count.bytes;
    }

    /// Counts and forgets.
    private static final class Count extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] b, int offset, int length) {
            bytes += length;
        }
    }
}
