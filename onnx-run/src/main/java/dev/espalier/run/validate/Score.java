package dev.espalier.run.validate;

/// What a model is worth on one sample.
///
/// @param columns what the task's [Metric] is computed from
/// @param decision the class it decided for; -1 if there is none
/// @param margin how far the decision is from another; NaN if there is none
/// @param label the class it should have decided for; -1 if that is not known
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Score(double[] columns, int decision, double margin, int label) {
    /// A score of a task without decisions.
    static Score of(double... columns) {
        return new Score(columns, -1, Double.NaN, -1);
    }
}
