package dev.espalier.run.validate;

import java.util.List;

/// What a model is for, and so how it is judged.
public sealed interface Task permits Classification, Regression, Embedding, Segmentation, Agreement {
    /// The name on the command line.
    String name();

    /// Its figures, the one that it is usually judged by first.
    List<Metric> metrics();

    /// Whether each sample has a label.
    default boolean needsLabels() {
        return true;
    }

    /// How many rows of the inputs make a sample.
    default int rowsPerSample() {
        return 1;
    }

    /// Scores what a model computes for a sample.
    ///
    /// @throws dev.espalier.run.data.DataException if the label does not fit the output
    Score score(Sample sample);
}
