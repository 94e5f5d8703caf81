package dev.espalier.run;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.espalier.sparse.DenseTensor;
import java.lang.foreign.Arena;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A model in ONNX Runtime's CPU provider, on one thread if nothing else is said, so that two runs of the same
/// arithmetic give the same bits.
public final class OrtModel implements AutoCloseable {
    private final OrtSession session;
    private final Duration limit;
    /// A daemon: a kernel that does not end cannot be stopped, and must not keep the process alive.
    private final ExecutorService runner = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("onnxruntime").factory());

    /// Whether a run did not end in time. Those that wait behind it must not start when it does end: by then their
    /// callers have given up too and closed the inputs, whose memory the runtime would read all the same.
    private volatile boolean isAbandoned;

    private OrtModel(OrtSession session, Duration limit) {
        this.session = session;
        this.limit = limit;
    }

    /// Loads a model file, to run on one thread.
    ///
    /// @throws ModelRunException if the runtime refuses it
    public static OrtModel load(Path file) throws ModelRunException {
        return load(file, SessionSettings.DEFAULT);
    }

    /// Loads a model file.
    ///
    /// @throws ModelRunException if the runtime refuses it
    public static OrtModel load(Path file, SessionSettings settings) throws ModelRunException {
        try {
            return new OrtModel(settings.open(file), settings.limit());
        } catch (OrtException e) {
            throw OrtRuntime.refusal(e);
        }
    }

    /// Runs the model, for a minute at most: a loop whose end depends on the inputs may have none. After a run that
    /// did not end there is no other.
    ///
    /// @param inputs by name; not closed
    /// @return the outputs by name
    /// @throws ModelRunException if the runtime cannot run it on these inputs, or does not end
    public Map<String, Output> run(Map<String, OnnxTensor> inputs) throws ModelRunException {
        return bounded(submit(() -> runUnbounded(inputs, session.getOutputNames())));
    }

    /// The same, with inputs that are not the runtime's.
    ///
    /// @param inputs by name, outside the Java heap; they may change after the run
    /// @param outputs the outputs to compute
    /// @throws ModelRunException if the runtime cannot run it on these inputs, or does not end
    public Map<String, Output> run(Map<String, DenseTensor> inputs, Set<String> outputs) throws ModelRunException {
        return start(inputs, outputs).outputs();
    }

    /// Starts a run, of which one is carried out after the other.
    ///
    /// @param inputs by name, outside the Java heap; they may change after its outputs are there
    /// @param outputs the outputs to compute
    public Running start(Map<String, DenseTensor> inputs, Set<String> outputs) {
        return new Running(submit(() -> {
            Map<String, OnnxTensor> tensors = RuntimeTensors.of(inputs);
            try {
                return runUnbounded(tensors, outputs);
            } finally {
                tensors.values().forEach(OnnxTensor::close);
            }
        }));
    }

    /// A run that goes on while something else is done.
    public final class Running {
        private final Future<Map<String, Output>> run;

        private Running(Future<Map<String, Output>> run) {
            this.run = run;
        }

        /// Waits for the outputs, for a minute at most.
        ///
        /// @throws ModelRunException if the runtime cannot run the model on these inputs, or does not end
        public Map<String, Output> outputs() throws ModelRunException {
            return bounded(run);
        }

        /// Waits until it has ended, however it does.
        public void await() {
            try {
                bounded(run);
            } catch (ModelRunException e) {
                // Its outputs are not wanted.
                System.getLogger("dev.espalier.run").log(System.Logger.Level.DEBUG, "a run was given up", e);
            }
        }
    }

    /// The same, with outputs that live as long as an arena; those that are no tensors of numbers are left out.
    ///
    /// @param inputs by name, outside the Java heap; they may change after the run
    /// @param outputs the outputs to compute
    /// @throws ModelRunException if the runtime cannot run it on these inputs, or does not end
    public Map<String, DenseTensor> run(Map<String, DenseTensor> inputs, Set<String> outputs, Arena arena)
            throws ModelRunException {
        return bounded(submit(() -> {
            Map<String, OnnxTensor> tensors = RuntimeTensors.of(inputs);
            try (OrtSession.Result result = session.run(tensors, outputs)) {
                Map<String, DenseTensor> made = new LinkedHashMap<>();
                for (Map.Entry<String, OnnxValue> entry : result) {
                    RuntimeTensors.copy(entry.getValue(), arena).ifPresent(tensor -> made.put(entry.getKey(), tensor));
                }
                return made;
            } catch (OrtException e) {
                throw OrtRuntime.refusal(e);
            } finally {
                tensors.values().forEach(OnnxTensor::close);
            }
        }));
    }

    /// Runs the model repeatedly and measures each run's time, the runtime's own call and nothing else.
    ///
    /// @param inputs by name, outside the Java heap
    /// @return nanoseconds of each run
    /// @throws ModelRunException if the runtime cannot run it on these inputs
    public long[] time(Map<String, DenseTensor> inputs, int runs) throws ModelRunException {
        Map<String, OnnxTensor> tensors = RuntimeTensors.of(inputs);
        try {
            return timeOn(tensors, runs);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    /// The same with inputs that are the runtime's.
    ///
    /// @param inputs by name; not closed
    /// @return nanoseconds of each run
    /// @throws ModelRunException if the runtime cannot run it on these inputs
    public long[] timeOn(Map<String, OnnxTensor> inputs, int runs) throws ModelRunException {
        try {
            long[] nanos = new long[runs];
            for (int i = 0; i < runs; i++) {
                long start = System.nanoTime();
                OrtSession.Result result = session.run(inputs);
                nanos[i] = System.nanoTime() - start;
                result.close();
            }
            return nanos;
        } catch (OrtException e) {
            throw OrtRuntime.refusal(e);
        }
    }

    private <T> Future<T> submit(Callable<T> run) {
        return runner.submit(() -> {
            if (isAbandoned) {
                throw unended();
            }
            return run.call();
        });
    }

    private ModelRunException unended() {
        return ModelRunException.unended(limit);
    }

    private <T> T bounded(Future<T> run) throws ModelRunException {
        if (isAbandoned && !run.isDone()) {
            throw unended();
        }
        try {
            return run.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            isAbandoned = true;
            throw unended();
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

    private Map<String, Output> runUnbounded(Map<String, OnnxTensor> inputs, Set<String> names)
            throws ModelRunException {
        try (OrtSession.Result result = session.run(inputs, names)) {
            Map<String, Output> outputs = new LinkedHashMap<>();
            for (Map.Entry<String, OnnxValue> entry : result) {
                outputs.put(entry.getKey(), Output.of(entry.getValue()));
            }
            return outputs;
        } catch (OrtException e) {
            throw OrtRuntime.refusal(e);
        } finally {
            // Their caller may have closed them long ago; the memory is read until here.
            Reference.reachabilityFence(inputs);
        }
    }

    @Override
    public void close() throws ModelRunException {
        runner.shutdown();
        if (isAbandoned) {
            return;
        }
        try {
            session.close();
        } catch (OrtException e) {
            throw OrtRuntime.refusal(e);
        }
    }
}
