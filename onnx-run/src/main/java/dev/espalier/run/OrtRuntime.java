package dev.espalier.run;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// ONNX Runtime itself, loaded when it is first asked for.
public final class OrtRuntime {
    /// Enough for the longest command line, at some 260 bytes a character; what is not used takes no memory.
    private static final long STACK_BYTES = 1L << 29;

    private static final class Loaded {
        static final OrtEnvironment ENVIRONMENT = onLargeStack();
    }

    private OrtRuntime() {}

    /// Creates the environment on a thread of its own: version 1.29 matches the process's whole command line against
    /// a regular expression, recursively, and 4,000 characters overflow the stack that a thread usually has, which
    /// ends the process.
    private static OrtEnvironment onLargeStack() {
        FutureTask<OrtEnvironment> task =
                new FutureTask<>(() -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL));
        new Thread(null, task, "onnxruntime-load", STACK_BYTES).start();
        try {
            OrtEnvironment environment = task.get();
            NativeFiles.clear();
            return environment;
        } catch (ExecutionException e) {
            throw new IllegalStateException("ONNX Runtime cannot be loaded", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static OrtEnvironment environment() {
        return Loaded.ENVIRONMENT;
    }

    /// The runtime's version.
    public static String version() {
        return environment().getVersion();
    }

    static ModelRunException refusal(OrtException e) {
        return new ModelRunException(String.valueOf(e.getMessage()));
    }
}
