package dev.espalier.run.latency;

import dev.espalier.run.ModelRunException;
import dev.espalier.run.OrtRuntime;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/// Keeps what [ChannelBlock] measured, so that the same command gives the same bytes on the same machine.
public final class BlockCache {
    private final Path file;
    private String failure = "";

    private BlockCache(Path file) {
        this.file = file;
    }

    /// The one in this folder, which is made when it is needed.
    public static BlockCache in(Path folder) {
        return new BlockCache(folder.resolve("channel-blocks.properties"));
    }

    /// The block of this machine, measured if that was not done before.
    ///
    /// @throws ModelRunException if the runtime does not run
    /// @throws IOException if it can neither be read nor measured
    public int block() throws ModelRunException, IOException {
        Properties known = read();
        String key = "onnxruntime " + OrtRuntime.version() + ", " + processor();
        Optional<Integer> kept = Optional.ofNullable(known.getProperty(key)).flatMap(BlockCache::candidate);
        if (kept.isPresent()) {
            return kept.get();
        }
        int block = ChannelBlock.measure();
        known.setProperty(key, Integer.toString(block));
        try {
            write(known);
        } catch (IOException e) {
            failure = e.toString();
        }
        return block;
    }

    /// Why what was measured could not be kept; empty if it was, or was there.
    public String failure() {
        return failure;
    }

    private static Optional<Integer> candidate(String text) {
        return ChannelBlock.CANDIDATES.stream()
                .filter(block -> block.toString().equals(text))
                .findFirst();
    }

    /// What the kernels depend on, as far as it can be told.
    private static String processor() throws IOException {
        String kind = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        Path description = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(description)) {
            return kind;
        }
        try (Stream<String> lines = Files.lines(description)) {
            // The flags tell what a virtual machine hides behind a common name.
            return kind
                    + lines.takeWhile(line -> !line.isBlank())
                            .filter(line -> line.matches("(model name|flags|Features)\\s*:.*"))
                            .map(line -> ", " + (line.startsWith("m") ? line.replaceFirst(".*: *", "") : hash(line)))
                            .reduce("", String::concat);
        }
    }

    private static String hash(String line) {
        return Integer.toHexString(line.hashCode());
    }

    private Properties read() throws IOException {
        Properties known = new Properties();
        if (Files.isReadable(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                known.load(reader);
            } catch (IllegalArgumentException e) {
                // A damaged cache is as good as none.
                return new Properties();
            }
        }
        return known;
    }

    /// Another process may read it at the same time.
    private void write(Properties known) throws IOException {
        Files.createDirectories(file.getParent());
        Path part = Files.createTempFile(file.getParent(), "channel-blocks", ".part");
        try {
            try (Writer writer = Files.newBufferedWriter(part)) {
                known.store(writer, "How many channels ONNX Runtime's kernels take at a time, measured");
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
