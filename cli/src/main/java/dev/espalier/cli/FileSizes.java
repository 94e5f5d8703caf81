package dev.espalier.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/// What a model takes on a disk, and in a download that is compressed on its way.
///
/// @param bytes of all its files
/// @param gzipped the same, each compressed by gzip
record FileSizes(long bytes, long gzipped) {
    private static final int BUFFER = 1 << 16;

    static FileSizes of(Path model, Collection<Path> external) throws IOException {
        List<Path> files = Stream.concat(Stream.of(model), external.stream()).toList();
        long bytes = 0;
        long gzipped = 0;
        for (Path file : files) {
            bytes += Files.size(file);
            gzipped += gzipped(file);
        }
        return new FileSizes(bytes, gzipped);
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
