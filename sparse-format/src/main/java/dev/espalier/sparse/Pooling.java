package dev.espalier.sparse;

/// What the scores of elements that stay or go together give: the score of their unit.
public enum Pooling {
    /// Their mean, over the elements that there are (TensorFlow Model Optimization's `block_pooling_type` AVG).
    AVERAGE,
    /// The largest (TensorFlow's MAX, PyTorch's `ln_structured` with n = inf).
    MAXIMUM,
    /// Their sum (PyTorch's `ln_structured` with n = 1).
    L1,
    /// The sum of their squares, which orders as its root does (PyTorch's `ln_structured` with n = 2).
    L2;

    /// The next step from what the elements so far gave, 0 at first. An element that must never go is NaN, which stays
    /// one. What is not 0 gives more than 0, however small its square is.
    double add(double pooled, double score) {
        return switch (this) {
            case AVERAGE, L1 -> pooled + score;
            case MAXIMUM -> Math.max(pooled, score);
            case L2 -> pooled + (score > 0 ? Math.max(score * score, Double.MIN_VALUE) : score);
        };
    }

    /// The bits of the result, as a score of 63 bits.
    ///
    /// @param size how many elements there were, of which only a mean makes use
    long score(double pooled, long size) {
        if (Double.isNaN(pooled)) {
            return Scores.never(Long.SIZE - 1);
        }
        double result = this == AVERAGE ? pooled / size : pooled;
        // A sum that overflows belongs to elements that may go all the same.
        return Double.doubleToRawLongBits(Math.min(result, Double.MAX_VALUE));
    }
}
