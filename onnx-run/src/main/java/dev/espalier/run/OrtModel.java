package dev.espalier.run;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A model in ONNX Runtime's CPU provider, on one thread, so that two runs of the same arithmetic give the same bits.
public final class OrtModel implements AutoCloseable {
    private static final long MOST_SECONDS = 60;

    private final OrtSession session;
    private volatile boolean isAbandoned;

    private OrtModel(OrtSession session) {
        this.session = session;
    }

    /// Loads a model file.
    ///
    /// @throws ModelRunException if the runtime refuses it
    public static OrtModel load(Path file) throws ModelRunException {
        return load(file, OrtSession.SessionOptions.OptLevel.ALL_OPT);
    }

    /// Loads a model file.
    ///
    /// @param level what the runtime makes of the graph first: nothing, up to all it can
    /// @throws ModelRunException if the runtime refuses it
    static OrtModel load(Path file, OrtSession.SessionOptions.OptLevel level) throws ModelRunException {
        try (OrtSession.SessionOptions options = options(level)) {
            return new OrtModel(environment().createSession(file.toString(), options));
        } catch (OrtException e) {
            throw refusal(e);
        }
    }

    /// One thread, and errors only where they are thrown.
    static OrtSession.SessionOptions options(OrtSession.SessionOptions.OptLevel level) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setOptimizationLevel(level);
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        return options;
    }

    /// The runtime, loaded when it is first asked for.
    private static final class Loaded {
        static final OrtEnvironment ENVIRONMENT =
                OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);

        static {
            NativeFiles.clear();
        }
    }

    static OrtEnvironment environment() {
        return Loaded.ENVIRONMENT;
    }

    static ModelRunException refusal(OrtException e) {
        return new ModelRunException(String.valueOf(e.getMessage()));
    }

    /// Runs the model, for a minute at most: a loop whose end depends on the inputs may have none.
    ///
    /// @param inputs by name; not closed
    /// @return the outputs by name
    /// @throws ModelRunException if the runtime cannot run it on these inputs, or does not end
    public Map<String, Output> run(Map<String, OnnxTensor> inputs) throws ModelRunException {
        FutureTask<Map<String, Output>> run = new FutureTask<>(() -> runUnbounded(inputs));
        // A daemon: a kernel that does not end cannot be stopped, and must not keep the process alive.
        Thread.ofPlatform().daemon().name("onnxruntime").start(run);
        try {
            return run.get(MOST_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            isAbandoned = true;
            throw new ModelRunException("it did not end within " + MOST_SECONDS + " seconds");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelRunException("it was interrupted");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ModelRunException refused -> throw refused;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException("a run failed", e.getCause());
            }
        }
    }

    private Map<String, Output> runUnbounded(Map<String, OnnxTensor> inputs) throws ModelRunException {
        try (OrtSession.Result result = session.run(inputs)) {
            Map<String, Output> outputs = new LinkedHashMap<>();
            for (Map.Entry<String, OnnxValue> entry : result) {
                outputs.put(entry.getKey(), output(entry.getValue()));
            }
            return outputs;
        } catch (OrtException e) {
            throw refusal(e);
        }
    }

    /// Copies a value out of the runtime's memory.
    static Output output(OnnxValue value) throws OrtException {
        return switch (value) {
            case OnnxTensor tensor
            when tensor.getInfo().type == OnnxJavaType.STRING ->
                new Output.Other(Arrays.deepToString(new Object[] {tensor.getValue()}));
            case OnnxTensor tensor -> Output.Numbers.of(tensor);
            case OnnxSequence sequence -> {
                List<Output> elements = new ArrayList<>();
                for (OnnxValue element : sequence.getValue()) {
                    elements.add(output(element));
                    element.close();
                }
                yield new Output.Several(elements);
            }
            case OnnxMap map -> new Output.Other(new TreeMap<>(map.getValue()).toString());
            default -> new Output.Other(value.getInfo().toString());
        };
    }

    @Override
    public void close() throws ModelRunException {
        if (isAbandoned) {
            return;
        }
        try {
            session.close();
        } catch (OrtException e) {
            throw refusal(e);
        }
    }
}
