package dev.espalier.pruning.scope;

/// By what units of different layers are compared: a key that never falls from one unit of a layer to the next,
/// in the order of their scores and then of their positions.
@FunctionalInterface
interface Ranking {
    /// By the scores themselves.
    Ranking BY_SCORE = new Ranking() {
        @Override
        public boolean needsEnergy() {
            return false;
        }

        @Override
        public double key(double score, double fromHere, double all) {
            return score;
        }
    };

    /// Whether the key depends on sums of squares.
    default boolean needsEnergy() {
        return true;
    }

    /// The key of a unit; only asked for where `score` is positive and finite.
    ///
    /// @param score its score
    /// @param fromHere sum of the squares of its score and of those that come after it in its layer
    /// @param all sum of the squares of all scores of its layer
    double key(double score, double fromHere, double all);
}
