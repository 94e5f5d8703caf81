package dev.espalier.run.validate;

import java.util.List;

/// Scores what one model computes, sample after sample.
interface Scorer {
    /// @throws dev.espalier.run.data.DataException if the label does not fit the output
    Score score(Sample sample);

    /// Figures over all samples so far, beside the metric.
    List<Figure> figures();
}
