package dev.espalier.cli;

import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.run.data.Selection;
import dev.espalier.run.validate.DataRequest;
import dev.espalier.run.validate.Embedding;
import dev.espalier.run.validate.Metric;
import dev.espalier.run.validate.Task;
import dev.espalier.run.validate.Tasks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// Which data a command runs models on, and how they are judged.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DataOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DATA",
            required = true,
            description = "The data: a file of NumPy's (.npz, .npy) with an array for each input of the model and one "
                    + "for the labels, the first axis counting the rows; a table (.csv, .tsv) with a column for each, "
                    + "of numbers, of images' or arrays' file names, or of texts; a file of texts, one in each line "
                    + "(.txt); a folder of images or .npy files in a folder for each class; or a folder of ONNX test "
                    + "data (test_data_set_0/input_0.pb).")
    private Path data;

    @Option(
            names = "--task",
            paramLabel = "TASK",
            converter = TaskConverter.class,
            completionCandidates = TaskNames.class,
            description = "What the model is for, and so how it is judged: ${COMPLETION-CANDIDATES} (default: the one "
                    + "that the labels are for).")
    private @Nullable Task task;

    @Option(
            names = "--metric",
            paramLabel = "METRIC",
            converter = MetricConverter.class,
            completionCandidates = MetricNames.class,
            description = "The figure of the task that decides: ${COMPLETION-CANDIDATES} (default: the task's first).")
    private @Nullable Metric metric;

    @Option(names = "--labels", paramLabel = "ARRAY", description = "The array of labels (default: 'labels', ...).")
    private @Nullable String labels;

    @Option(names = "--output", paramLabel = "NAME", description = "The output that is judged (default: the first).")
    private @Nullable String output;

    @Mixin
    private InputOptions inputs;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many samples, the first ones.")
    private int limit = Integer.MAX_VALUE;

    @Option(names = "--shuffle", description = "Take the samples in a random order.")
    private boolean shuffle;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Rows run at once, where the model leaves that open (default: ${DEFAULT-VALUE}).")
    private int batch = 64;

    @Option(
            names = "--pool",
            paramLabel = "HOW",
            description = "How an embedding of each token becomes one: ${COMPLETION-CANDIDATES} (default: "
                    + "${DEFAULT-VALUE}).")
    private Embedding.Pooling pool = Embedding.Pooling.MEAN;

    @Option(
            names = "--max-bad",
            paramLabel = "N",
            description = "How many samples may be unreadable (default: ${DEFAULT-VALUE}).")
    private int maxBad;

    @Option(names = "--seed", description = "Seed of all that is random (default: ${DEFAULT-VALUE}).")
    private long seed;

    /// Opens the data.
    Dataset open() throws IOException {
        if (batch < 1 || limit < 1) {
            throw new ParameterException(spec.commandLine(), "--batch and --limit are numbers from 1 on");
        }
        return inputs.open(data, task instanceof Embedding);
    }

    int maxBad() {
        return maxBad;
    }

    long seed() {
        return seed;
    }

    /// Finds the task and the labels in the data.
    ///
    /// @param others arrays that are no inputs
    DataRequest request(Dataset dataset, Set<String> others) {
        Selection selection = new Selection(inputs.where(), limit, shuffle ? Optional.of(seed) : Optional.empty());
        FeedRequest feed = new FeedRequest(
                inputs.names(), others, Optional.empty(), inputs.preprocess(), selection, 1, batch, 0, seed);
        DataRequest request = DataRequest.of(
                dataset, Optional.ofNullable(task), Optional.ofNullable(labels), Optional.ofNullable(output), feed);
        DataRequest pooled = request.task() instanceof Embedding embedding
                ? request.with(new Embedding(pool, embedding.mask()))
                : request;
        return metric == null ? pooled : judgedBy(pooled, metric);
    }

    private DataRequest judgedBy(DataRequest request, Metric figure) {
        List<Metric> choices =
                request.task().metrics().stream().filter(Metric::judges).toList();
        if (!choices.contains(figure)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--metric " + figure.id() + " is none of the task "
                            + request.task().name() + ", which has "
                            + choices.stream().map(Metric::id).collect(Collectors.joining(", ")));
        }
        return request.judgedBy(figure);
    }

    private static Stream<Metric> judges() {
        return Arrays.stream(Metric.values()).filter(Metric::judges);
    }

    static final class MetricNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return judges().map(Metric::id).iterator();
        }
    }

    static final class MetricConverter implements ITypeConverter<Metric> {
        @Override
        public Metric convert(String text) {
            return judges().filter(metric -> metric.id().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is not a metric: there are "
                            + judges().map(Metric::id).collect(Collectors.joining(", "))));
        }
    }

    static final class TaskNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Tasks.ALL.stream().map(Task::name).iterator();
        }
    }

    static final class TaskConverter implements ITypeConverter<Task> {
        @Override
        public Task convert(String text) {
            return Tasks.named(text)
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is not a task: there are "
                            + Tasks.ALL.stream().map(Task::name).collect(Collectors.joining(", "))));
        }
    }
}
