package dev.espalier.run.validate;

import dev.espalier.run.MemoryProcess;
import dev.espalier.run.TemporaryFolder;
import dev.espalier.run.data.NpyWriter;
import dev.espalier.sparse.DenseTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What memory the models take, each in a process of its own.
public final class MemoryProbe {
    private static final long MOST_SECONDS = 120;
    /// What two processes of the same kind differ by: below that, nothing is said.
    private static final long NOISE_BYTES = 4_000_000;

    private MemoryProbe() {}

    /// Resident memory that the model adds to a process, in bytes.
    ///
    /// @param loaded after it is loaded
    /// @param peak the most during runs
    public record Use(long loaded, long peak) {}

    /// What it found; the uses are null if it could not be measured.
    public record Result(
            Answer answer,
            String reason,
            @Nullable Use original,
            @Nullable Use pruned) implements ProbeResult {
        @Override
        public String probe() {
            return "memory";
        }
    }

    /// Measures both.
    ///
    /// @param inputs of one run
    static Result of(Path original, Path pruned, Map<String, DenseTensor> inputs) throws IOException {
        if (!Files.isWritable(Path.of("/proc/self/clear_refs"))) {
            return new Result(Answer.CANNOT_TELL, "this system does not tell a process's memory in /proc", null, null);
        }
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            List<String> arrays = new ArrayList<>();
            for (Map.Entry<String, DenseTensor> input : inputs.entrySet()) {
                Path file = folder.file("input_" + arrays.size() + ".npy");
                NpyWriter.write(input.getValue(), file);
                arrays.add(input.getKey() + "=" + file);
            }
            return result(measure(original, arrays, folder), measure(pruned, arrays, folder));
        } catch (IllegalArgumentException | IOException e) {
            return new Result(Answer.CANNOT_TELL, "it could not be measured: " + e.getMessage(), null, null);
        }
    }

    private static Use measure(Path model, List<String> arrays, TemporaryFolder folder) throws IOException {
        Path result = folder.file("result");
        Files.deleteIfExists(result);
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // A heap of one size, all of it touched: what changes is not Java's.
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryProcess.class.getName(),
                model.toAbsolutePath().toString(),
                result.toString()));
        words.addAll(arrays);
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        try {
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("its process did not end within " + MOST_SECONDS + " seconds");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("it was interrupted", e);
        } finally {
            process.destroyForcibly();
        }
        if (!Files.exists(result)) {
            throw new IOException("its process ended with exit code " + process.exitValue());
        }
        String[] bytes = Files.readString(result).split(" ", -1);
        long before = Long.parseLong(bytes[0]);
        return new Use(Long.parseLong(bytes[1]) - before, Long.parseLong(bytes[2]) - before);
    }

    private static Result result(Use original, Use pruned) {
        long grown = pruned.peak - original.peak;
        String reason = String.format(
                Locale.ROOT,
                "the process takes at most %.1f MB with it, %.1f MB with the original",
                pruned.peak / 1e6,
                original.peak / 1e6);
        return new Result(grown <= NOISE_BYTES ? Answer.PASS : Answer.FAIL, reason, original, pruned);
    }
}
