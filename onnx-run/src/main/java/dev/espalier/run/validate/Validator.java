package dev.espalier.run.validate;

import dev.espalier.pruning.Progress;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.OrtModel;
import dev.espalier.run.data.Batch;
import dev.espalier.run.data.DataException;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.Feed;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.run.data.Field;
import dev.espalier.run.data.Selection;
import dev.espalier.run.stats.Bootstrap;
import dev.espalier.sparse.DenseTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Runs an original and a pruned model over data and asks the probes what that shows.
public final class Validator {
    private static final int REPLICATES = 2000;

    private final Subject original;
    private final Subject pruned;
    private final Dataset data;
    private final ValidateRequest request;
    private final Progress progress;
    private final BooleanSupplier stop;
    private final Bootstrap bootstrap;
    private final List<ProbeResult> results = new ArrayList<>();

    /// @param stop asked again and again whether to end early; what is there then is reported
    public Validator(
            Subject original,
            Subject pruned,
            Dataset data,
            ValidateRequest request,
            Progress progress,
            BooleanSupplier stop) {
        this.original = original;
        this.pruned = pruned;
        this.data = data;
        this.request = request;
        this.progress = progress;
        this.stop = stop;
        this.bootstrap = new Bootstrap(REPLICATES, request.seed());
    }

    /// Asks all probes of the request.
    ///
    /// @throws DataException if the data does not fit the models, or they cannot run on it
    public Validation validate() throws IOException {
        List<Subject> both = List.of(original, pruned);
        DataRequest on = request.data();
        Evaluation evaluation = evaluate(both, data, on, progress, stop);
        boolean isPartial = evaluation.isPartial();
        if (asks("accuracy")) {
            results.add(AccuracyProbe.of(evaluation, request.maxDrop(), bootstrap));
        }
        if (asks("segments")) {
            results.add(segments(evaluation));
        }
        if (asks("edge")) {
            results.add(EdgeProbe.of(evaluation, request.maxFlips(), isPartial ? Optional.empty() : robust(both)));
        }
        if (asks("latency") || asks("memory")) {
            isPartial |= stop.getAsBoolean();
            if (!isPartial) {
                probeMachine();
            }
        }
        if (asks("a/b")) {
            results.add(AbProbe.of(evaluation, request.isSplit(), request.maxDrop(), request.seed()));
        }
        return new Validation(
                on,
                evaluation.size(),
                evaluation.unreadable(),
                evaluation.scores(1).withNaN(),
                isPartial || stop.getAsBoolean(),
                List.copyOf(results),
                request.gate(),
                request.maxBad());
    }

    private boolean asks(String probe) {
        return request.probes().contains(probe);
    }

    private SegmentProbe.Result segments(Evaluation evaluation) throws IOException {
        Optional<double[]> column = Optional.empty();
        List<String> names = request.data().classes();
        if (request.segment().isPresent()) {
            int[] samples = new int[evaluation.size()];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = evaluation.sample(i);
            }
            Field field = data.field(request.segment().get());
            column = Optional.of(Selection.column(data, field, samples));
            names = data.names(field);
        }
        return SegmentProbe.of(
                evaluation, column, request.segment().orElse("class"), names, request.maxSegmentDrop(), bootstrap);
    }

    private Optional<EdgeProbe.Robust> robust(List<Subject> both) throws IOException {
        if (request.noise() <= 0) {
            return Optional.empty();
        }
        FeedRequest noisy = request.data().feed().withNoise(request.noise());
        Evaluation evaluation = evaluate(both, data, request.data().with(noisy), progress, stop);
        return Optional.of(
                EdgeProbe.Robust.of(request.noise(), AccuracyProbe.of(evaluation, request.maxDrop(), bootstrap)));
    }

    /// Latency and memory, on the first rows of the data.
    private void probeMachine() throws IOException {
        LatencyProbe.Settings settings = request.latency();
        FeedRequest one = request.data().feed().withBatch(settings.batch());
        List<OrtModel> models = new ArrayList<>();
        try (Feed feed = Feed.open(data, original.model().graph(), one)) {
            Batch batch = feed.next();
            if (batch == null) {
                throw new DataException("no sample could be read", "", "the data is empty or damaged");
            }
            Map<String, DenseTensor> inputs = batch.inputs();
            if (asks("latency")) {
                for (Subject subject : List.of(original, pruned, original)) {
                    models.add(subject.load(settings.threads()));
                }
                results.add(LatencyProbe.of(models, inputs, batch.rows(), settings, bootstrap, progress, stop));
            }
            if (asks("memory")) {
                results.add(MemoryProbe.of(original.file(), pruned.file(), inputs));
            }
        } catch (ModelRunException e) {
            throw refused(data, e);
        } finally {
            close(models);
        }
    }

    /// Scores models, the original first, in one pass over the data.
    ///
    /// @param stop asked after each batch whether to end early
    /// @throws DataException if the data does not fit the models, or they cannot run on it
    public static Evaluation evaluate(
            List<Subject> subjects, Dataset data, DataRequest request, Progress progress, BooleanSupplier stop)
            throws IOException {
        Subject original = subjects.getFirst();
        subjects.forEach(original::requireSamePorts);
        String output = original.output(request.output());
        List<OrtModel> models = new ArrayList<>();
        try (Feed feed = Feed.open(data, original.model().graph(), request.feed())) {
            subjects.forEach(subject -> models.add(subject.load(1)));
            return Evaluation.of(models, feed, request, output, progress, stop);
        } catch (ModelRunException e) {
            throw refused(data, e);
        } finally {
            close(models);
        }
    }

    private static DataException refused(Dataset data, ModelRunException e) {
        return new DataException(
                "ONNX Runtime cannot run the model on this data: " + e.getMessage(),
                "file '" + data.source() + "'",
                "check the shapes of the arrays, and whether the model needs another input");
    }

    private static void close(List<OrtModel> models) {
        for (OrtModel model : models) {
            try {
                model.close();
            } catch (ModelRunException e) {
                throw new IllegalStateException("the runtime cannot close a model", e);
            }
        }
    }
}
