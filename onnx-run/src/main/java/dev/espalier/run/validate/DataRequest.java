package dev.espalier.run.validate;

import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.run.data.Field;
import java.util.List;
import java.util.Optional;

/// What a model is judged on: a task, labels and the data.
///
/// @param isGuessed whether the task was not named, and is the one that the labels are for
/// @param metric what decides
/// @param labels the array of labels; empty if the task needs none
/// @param classes names of the labels by number; empty if they have none
/// @param output name of the output; empty for the first of floats
public record DataRequest(
        Task task,
        boolean isGuessed,
        Metric metric,
        Optional<Field> labels,
        List<String> classes,
        Optional<String> output,
        FeedRequest feed) {
    /// Finds the task and the labels.
    ///
    /// @param task empty to guess
    /// @param labels name of the array; empty for a usual one
    /// @param feed what is fed, labels and pairs apart
    /// @throws dev.espalier.run.data.DataException if there are no such labels
    public static DataRequest of(
            Dataset data, Optional<Task> task, Optional<String> labels, Optional<String> output, FeedRequest feed) {
        Optional<Field> field = labels.isPresent() ? Optional.of(data.field(labels.get())) : Tasks.labels(data);
        Task chosen = task.orElseGet(() -> Tasks.guess(data, field));
        if (!chosen.needsLabels()) {
            return new DataRequest(
                    chosen,
                    task.isEmpty(),
                    chosen.metrics().getFirst(),
                    Optional.empty(),
                    List.of(),
                    output,
                    others(feed, field));
        }
        Field found = field.orElseGet(() -> data.field("labels"));
        FeedRequest whole = new FeedRequest(
                feed.names(),
                feed.others(),
                Optional.of(found.name()),
                feed.preprocess(),
                feed.selection(),
                chosen.rowsPerSample(),
                feed.batch(),
                feed.noise(),
                feed.seed());
        return new DataRequest(
                chosen,
                task.isEmpty(),
                chosen.metrics().getFirst(),
                Optional.of(found),
                data.names(found),
                output,
                whole);
    }

    /// The same with another form of the task.
    public DataRequest with(Task other) {
        return new DataRequest(other, isGuessed, metric, labels, classes, output, feed);
    }

    /// The same, judged by another figure of the task.
    public DataRequest judgedBy(Metric other) {
        return new DataRequest(task, isGuessed, other, labels, classes, output, feed);
    }

    /// The same with another feed.
    DataRequest with(FeedRequest other) {
        return new DataRequest(task, isGuessed, metric, labels, classes, output, other);
    }

    /// Labels that are not needed are no input either.
    private static FeedRequest others(FeedRequest feed, Optional<Field> labels) {
        return labels.map(field -> feed.without(field.name())).orElse(feed);
    }
}
