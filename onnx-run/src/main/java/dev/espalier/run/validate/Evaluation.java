package dev.espalier.run.validate;

import dev.espalier.pruning.Progress;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.OrtModel;
import dev.espalier.run.Output;
import dev.espalier.run.data.Batch;
import dev.espalier.run.data.DataException;
import dev.espalier.run.data.Feed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One pass of one or more models over the samples. The first model is the original, which the others are compared
/// with.
public final class Evaluation {
    private final DataRequest request;
    private final List<ModelScores> scores = new ArrayList<>();
    private final Flips flips = new Flips();
    private int[] samples;
    private int[] labels;
    private int count;
    private boolean isPartial;
    private List<Feed.Unreadable> unreadable = List.of();

    private Evaluation(DataRequest request, int size) {
        this.request = request;
        this.samples = new int[size];
        this.labels = new int[size];
    }

    /// Runs the models on all samples of a feed.
    ///
    /// @param models the original first
    /// @param output name of the output that is judged
    /// @param stop asked after each batch whether to end early
    /// @throws ModelRunException if a model cannot run on the data
    public static Evaluation of(
            List<OrtModel> models,
            Feed feed,
            DataRequest request,
            String output,
            Progress progress,
            BooleanSupplier stop)
            throws IOException, ModelRunException {
        Evaluation evaluation = new Evaluation(request, feed.size());
        models.forEach(model -> evaluation.scores.add(new ModelScores(request.task(), feed.size())));
        evaluation.run(models, feed, output, progress, stop);
        evaluation.unreadable = feed.unreadable();
        if (evaluation.count == 0) {
            throw new DataException("no sample could be read", "", "the data is empty or damaged");
        }
        evaluation.trim();
        return evaluation;
    }

    /// Runs the models side by side. While they run on a batch, the next one is read and the one before is scored.
    private void run(List<OrtModel> models, Feed feed, String output, Progress progress, BooleanSupplier stop)
            throws IOException, ModelRunException {
        Batch batch = feed.next();
        List<OrtModel.Running> running = start(models, batch, output);
        try {
            while (batch != null) {
                Batch following = stop.getAsBoolean() ? null : feed.next();
                List<List<RowOutput>> outputs = outputs(running, batch, output);
                running = start(models, following, output);
                add(batch, outputs);
                progress.at(count, samples.length, "samples");
                batch = following;
            }
            isPartial = stop.getAsBoolean() && !feed.isAtEnd();
        } finally {
            // Nobody may close what is still in use.
            for (OrtModel.Running run : running) {
                run.await();
            }
        }
    }

    private static List<OrtModel.Running> start(List<OrtModel> models, @Nullable Batch batch, String output) {
        return batch == null
                ? List.of()
                : models.stream()
                        .map(model -> model.start(batch.inputs(), Set.of(output)))
                        .toList();
    }

    private static List<List<RowOutput>> outputs(List<OrtModel.Running> running, Batch batch, String output)
            throws ModelRunException {
        List<List<RowOutput>> outputs = new ArrayList<>();
        for (OrtModel.Running run : running) {
            if (!(run.outputs().get(output) instanceof Output.Numbers numbers)) {
                throw new DataException(
                        "the output '" + output + "' is no tensor of numbers", "", "choose one with --output NAME");
            }
            outputs.add(RowOutput.of(numbers, batch.rows()));
        }
        return outputs;
    }

    private void add(Batch batch, List<List<RowOutput>> outputs) {
        int perSample = request.task().rowsPerSample();
        for (int place = 0; place < batch.size(); place++) {
            for (int model = 0; model < outputs.size(); model++) {
                List<RowOutput> rows = rows(outputs.get(model), place, perSample);
                Sample sample = new Sample(batch, place, rows, rows(outputs.getFirst(), place, perSample));
                labels[count] = scores.get(model).add(sample);
            }
            if (outputs.size() > 1 && isFlip(count)) {
                flips.add(
                        batch.sample(place),
                        labels[count],
                        rows(outputs.get(0), place, perSample).getFirst(),
                        rows(outputs.get(1), place, perSample).getFirst());
            }
            samples[count++] = batch.sample(place);
        }
    }

    private boolean isFlip(int i) {
        return scores.get(0).decision(i) != scores.get(1).decision(i);
    }

    private static List<RowOutput> rows(List<RowOutput> all, int place, int perSample) {
        // An output without a batch axis belongs to the only sample.
        return all.size() == 1 ? all : all.subList(place * perSample, (place + 1) * perSample);
    }

    private void trim() {
        samples = Arrays.copyOf(samples, count);
        labels = Arrays.copyOf(labels, count);
        scores.forEach(ModelScores::trim);
    }

    /// What the models were judged by.
    public Metric judge() {
        return request.metric();
    }

    /// What the samples are, and their labels.
    DataRequest request() {
        return request;
    }

    int models() {
        return scores.size();
    }

    /// How many samples.
    public int size() {
        return count;
    }

    /// Whether it ended before the last sample.
    public boolean isPartial() {
        return isPartial;
    }

    /// Samples that could not be read.
    public List<Feed.Unreadable> unreadable() {
        return unreadable;
    }

    /// The number of a sample in the data.
    public int sample(int i) {
        return samples[i];
    }

    /// The class of a sample; -1 if it has none.
    int label(int i) {
        return labels[i];
    }

    /// Samples that the first two models decide differently and of which the first was surest, the worst first.
    List<EdgeProbe.Flip> worstFlips() {
        return flips.worst();
    }

    /// What one of the models is worth, in their order.
    public ModelScores scores(int model) {
        return scores.get(model);
    }

    /// The column that the metric is the mean of.
    double[] column(int model) {
        return scores.get(model).columns()[judge().column().orElseThrow()];
    }

    /// The metric of one of the models over all samples.
    public double metric(int model) {
        return metric(model, all());
    }

    double metric(int model, int[] rows) {
        return judge().of(scores.get(model).columns(), rows);
    }

    /// Other figures of one of the models over all samples, those that are defined.
    public List<Figure> figures(int model) {
        return request.task().metrics().stream()
                .filter(metric -> metric != judge())
                .map(metric -> new Figure(
                        metric.toString(), metric.of(scores.get(model).columns(), all())))
                .filter(figure -> !Double.isNaN(figure.value()))
                .toList();
    }

    int[] all() {
        int[] all = new int[count];
        Arrays.setAll(all, i -> i);
        return all;
    }
}
