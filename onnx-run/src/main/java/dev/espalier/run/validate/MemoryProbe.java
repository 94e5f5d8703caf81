package dev.espalier.run.validate;

import dev.espalier.run.Footprint;
import dev.espalier.sparse.DenseTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What memory the models take, each in a process of its own.
public final class MemoryProbe {
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
    static Result of(Path original, Path pruned, Map<String, DenseTensor> inputs) {
        if (!Footprint.isMeasurable()) {
            return new Result(Answer.CANNOT_TELL, "this system does not tell a process's memory in /proc", null, null);
        }
        try {
            return result(measure(original, inputs), measure(pruned, inputs));
        } catch (IllegalArgumentException | IOException e) {
            return new Result(Answer.CANNOT_TELL, "it could not be measured: " + e.getMessage(), null, null);
        }
    }

    private static Use measure(Path model, Map<String, DenseTensor> inputs) throws IOException {
        Footprint footprint = Footprint.of(model, Map.of(), inputs);
        return new Use(footprint.loaded(), footprint.peak());
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
