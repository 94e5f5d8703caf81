package dev.espalier.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A folder for files that are needed for a moment; gone when it is closed.
public final class TemporaryFolder implements AutoCloseable {
    private final Path path;

    private TemporaryFolder(Path path) {
        this.path = path;
    }

    /// Makes one where the system keeps such folders.
    public static TemporaryFolder create() throws IOException {
        return new TemporaryFolder(Files.createTempDirectory("espalier"));
    }

    /// The folder.
    public Path path() {
        return path;
    }

    /// A file in it.
    public Path file(String name) {
        return path.resolve(name);
    }

    @Override
    public void close() {
        try {
            NativeFiles.delete(path);
        } catch (IOException e) {
            // What cannot be deleted now is cleared by the system.
            path.toFile().deleteOnExit();
        }
    }
}
