package dev.espalier.run;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// How ONNX Runtime runs a model.
///
/// @param level what it makes of the graph first: nothing, up to all it can
/// @param threads that work on one run
/// @param entries configuration entries of the session
/// @param limit how long a run may take
public record SessionSettings(OptLevel level, int threads, Map<String, String> entries, Duration limit) {
    private static final Duration LONGEST_RUN = Duration.ofMinutes(1);

    /// One thread, so that two runs of the same arithmetic give the same bits; all optimizations, a minute at most.
    public static final SessionSettings DEFAULT = new SessionSettings(OptLevel.ALL_OPT, 1, Map.of(), LONGEST_RUN);

    public SessionSettings {
        entries = Map.copyOf(entries);
    }

    SessionSettings at(OptLevel other) {
        return new SessionSettings(other, threads, entries, limit);
    }

    /// The same on several threads.
    public SessionSettings on(int otherThreads) {
        return new SessionSettings(level, otherThreads, entries, limit);
    }

    SessionSettings with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(entries);
        all.putAll(more);
        return new SessionSettings(level, threads, all, limit);
    }

    SessionSettings within(Duration otherLimit) {
        return new SessionSettings(level, threads, entries, otherLimit);
    }

    /// The same for work that goes on beside it: threads that wait without sleeping take the processor from whoever
    /// else computes.
    public SessionSettings sleeping() {
        return with(Map.of("session.intra_op.allow_spinning", "0"));
    }

    /// Loads a model file.
    OrtSession open(Path file) throws OrtException {
        try (OrtSession.SessionOptions options = options()) {
            return OrtRuntime.environment().createSession(file.toString(), options);
        }
    }

    private OrtSession.SessionOptions options() throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setOptimizationLevel(level);
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        // Errors are thrown: nothing is to be printed.
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        for (Map.Entry<String, String> entry : entries.entrySet()) {
            options.addConfigEntry(entry.getKey(), entry.getValue());
        }
        return options;
    }
}
