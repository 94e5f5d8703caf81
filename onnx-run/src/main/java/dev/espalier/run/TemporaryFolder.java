package dev.espalier.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A folder of files that only the runtime reads; gone when it is closed.
public final class TemporaryFolder implements AutoCloseable {
    private final Path path;

    private TemporaryFolder(Path path) {
        this.path = path;
    }

    /// Makes one where the system keeps such folders.
    public static TemporaryFolder create() throws IOException {
        return new TemporaryFolder(Files.createTempDirectory("espalier"));
    }

    /// A file in it.
    public Path file(String name) {
        return path.resolve(name);
    }

    @Override
    public void close() throws IOException {
        NativeFiles.delete(path);
    }
}
