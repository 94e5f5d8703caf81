package dev.espalier.pruning.scope;

import dev.espalier.sparse.Cut;
import dev.espalier.sparse.Scores;
import dev.espalier.sparse.Shape;
import java.util.function.Supplier;

/// A layer as scopes see it. What is chosen among are its units: elements, or what a pattern makes of them.
///
/// @param shape of the weight
/// @param units how many there are
/// @param cost what one of them counts for: its elements, or the bits that these take
/// @param cap how many of them may go
/// @param isFirstConvolution whether it is the model's first convolution
/// @param isLast whether it is the model's last layer
/// @param scores of the units
public record Layer(
        Shape shape,
        long units,
        long cost,
        long cap,
        boolean isFirstConvolution,
        boolean isLast,
        Supplier<Scores> scores) {
    /// What all units count for.
    public long total() {
        return units * cost;
    }

    /// What the units that are zero already count for.
    public long zeroTotal() {
        return zeros() * cost;
    }

    /// How many units are zero already.
    public long zeros() {
        return new Cut(1, 0).countIn(scores.get());
    }
}
