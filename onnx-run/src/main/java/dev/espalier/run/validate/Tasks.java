package dev.espalier.run.validate;

import dev.espalier.run.data.DataException;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.Field;
import java.util.List;
import java.util.Optional;

/// The tasks, and which one is meant if none is named.
public final class Tasks {
    /// All of them, as they are without further settings. To add one, write it and add it here.
    public static final List<Task> ALL = List.of(
            new Classification(),
            new Regression(),
            new Embedding(Embedding.Pooling.MEAN, "attention_mask"),
            new Segmentation(),
            new Agreement());

    /// Names that arrays of labels usually have.
    private static final List<String> LABEL_NAMES =
            List.of("labels", "label", "scores", "score", "targets", "target", "y");

    private Tasks() {}

    /// The task of this name.
    public static Optional<Task> named(String name) {
        return ALL.stream().filter(task -> task.name().equals(name)).findFirst();
    }

    /// The array of labels, if the data has one under a usual name.
    public static Optional<Field> labels(Dataset data) {
        return LABEL_NAMES.stream().flatMap(name -> data.find(name).stream()).findFirst();
    }

    /// The task that the labels are for: none, comparing outputs; one for two rows of the inputs, pairs; one integer,
    /// classes; several integers, segmentation; else regression.
    ///
    /// @throws DataException if an array of labels is that of no task
    public static Task guess(Dataset data, Optional<Field> labels) {
        if (labels.isEmpty()) {
            return new Agreement();
        }
        Field field = labels.get();
        long rows = data.fields().stream().mapToLong(Field::rows).max().orElse(0);
        if (rows == 2 * field.rows() && field.row().elementCount() == 1) {
            return named("embedding").orElseThrow();
        }
        if (!field.type().isInteger()) {
            return new Regression();
        }
        return field.row().elementCount() == 1 ? new Classification() : new Segmentation();
    }
}
