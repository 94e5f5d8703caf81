package dev.espalier.run.validate;

import ai.onnxruntime.OnnxTensor;
import dev.espalier.pruning.Progress;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.OrtModel;
import dev.espalier.run.RandomInputs;
import dev.espalier.run.data.DataException;
import dev.espalier.run.latency.Speedup;
import dev.espalier.run.latency.Times;
import dev.espalier.run.latency.Turns;
import dev.espalier.run.stats.Bootstrap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// How long one model takes on random inputs, or two in turns. The first is loaded twice, and how far it differs from
/// itself says what is noise.
///
/// @param models in the order in which they were given
/// @param speedup of the second over the first; null for one model
/// @param noise by which share the first model may differ from itself
/// @param rounds how often each had its turn
public record Latency(List<Measured> models, @Nullable Speedup speedup, double noise, int rounds, Settings settings) {
    private static final int REPLICATES = 2000;

    /// How to measure.
    ///
    /// @param threads that work on one run
    /// @param batch size of the inputs' first dimension where the model leaves it open
    /// @param shapes of inputs, by name; others are as declared, and small where the model leaves a size open
    /// @param seconds how long to measure
    /// @param seed of the inputs and of the order of turns
    public record Settings(int threads, int batch, Map<String, List<Long>> shapes, double seconds, long seed) {
        /// One run at a time on one thread, for five seconds.
        public static final Settings DEFAULT = new Settings(1, 1, Map.of(), 5, 0);
    }

    /// What was measured of a model.
    ///
    /// @param inputs shapes of the inputs that it ran on
    public record Measured(String file, Times times, Map<String, List<Long>> inputs) {}

    /// A model with inputs on which it runs.
    private record Loaded(Subject subject, OrtModel model, Map<String, OnnxTensor> inputs) implements Turns.Runner {
        @Override
        public long[] time(int runs) throws ModelRunException {
            return model.timeOn(inputs, runs);
        }

        Map<String, List<Long>> shapes() {
            Map<String, List<Long>> shapes = new LinkedHashMap<>();
            inputs.forEach((name, tensor) -> shapes.put(
                    name, Arrays.stream(tensor.getInfo().getShape()).boxed().toList()));
            return shapes;
        }

        void close() throws ModelRunException {
            inputs.values().forEach(OnnxTensor::close);
            model.close();
        }
    }

    /// Measures.
    ///
    /// @param subjects one model or two
    /// @param stop asked after each round whether to end early
    /// @throws DataException if one of them does not run on random inputs
    public static Latency of(List<Subject> subjects, Settings settings, Progress progress, BooleanSupplier stop) {
        List<Loaded> loaded = new ArrayList<>();
        Subject running = subjects.getFirst();
        try {
            Map<String, List<Long>> shapes = new LinkedHashMap<>(settings.shapes());
            List<Subject> turns = new ArrayList<>(subjects);
            turns.add(subjects.getFirst());
            for (Subject subject : turns) {
                running = subject;
                loaded.add(load(subject, settings, shapes));
                // Where a size is open, the next model gets the same.
                loaded.getFirst().shapes().forEach(shapes::putIfAbsent);
            }
            return of(loaded, Turns.take(loaded, settings.seconds(), settings.seed(), progress, stop), settings);
        } catch (ModelRunException e) {
            throw refused(running, e);
        } finally {
            loaded.forEach(Latency::close);
        }
    }

    private static Latency of(List<Loaded> loaded, Turns turns, Settings settings) {
        Bootstrap bootstrap = new Bootstrap(REPLICATES, settings.seed());
        int again = loaded.size() - 1;
        Speedup speedup = Speedup.of(turns, 0, 1, again, bootstrap);
        List<Measured> measured = new ArrayList<>();
        for (int i = 0; i < again; i++) {
            Loaded each = loaded.get(i);
            measured.add(new Measured(each.subject().file().toString(), turns.times(i), each.shapes()));
        }
        return new Latency(measured, again == 1 ? null : speedup, speedup.floor(), turns.rounds(), settings);
    }

    /// Loads a model and finds inputs that it takes.
    private static Loaded load(Subject subject, Settings settings, Map<String, List<Long>> shapes)
            throws ModelRunException {
        OrtModel model = subject.load(settings.threads());
        ModelRunException refusal = null;
        for (RandomInputs.Guess guess : RandomInputs.GUESSES) {
            RandomInputs random = new RandomInputs(settings.seed(), guess.withBatch(settings.batch()));
            Map<String, OnnxTensor> inputs = random.of(subject.model().graph(), shapes);
            try {
                model.run(inputs);
                return new Loaded(subject, model, inputs);
            } catch (ModelRunException e) {
                inputs.values().forEach(OnnxTensor::close);
                refusal = refusal == null ? e : refusal;
            }
        }
        model.close();
        throw Objects.requireNonNull(refusal);
    }

    private static DataException refused(Subject subject, ModelRunException e) {
        return new DataException(
                "ONNX Runtime cannot run the model on random inputs: " + e.getMessage(),
                "file '" + subject.file() + "'",
                "where it needs certain sizes, say them with --shape INPUT=1x3x224x224; on data of its own it is timed "
                        + "by `espalier validate --probe latency`");
    }

    private static void close(Loaded each) {
        try {
            each.close();
        } catch (ModelRunException e) {
            throw new IllegalStateException("the runtime cannot close a model", e);
        }
    }
}
