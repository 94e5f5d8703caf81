package dev.espalier.run.validate;

/// What a model is for, and so how it is judged.
public sealed interface Task permits Classification, Regression, Embedding, Segmentation, Agreement {
    /// The name on the command line.
    String name();

    /// What it is judged by.
    Metric metric();

    /// Whether each sample has a label.
    default boolean needsLabels() {
        return true;
    }

    /// How many rows of the inputs make a sample.
    default int rowsPerSample() {
        return 1;
    }

    /// A new scorer for one model.
    Scorer scorer();
}
