package dev.espalier.pruning.channels;

/// A way to tell how much a channel matters.
public interface ChannelMethod {
    /// The name on the command line.
    String name();

    /// What it does, in one line of help.
    String summary();

    /// Scores of the indices of weights, of which a channel's importance is made ([ChannelScores]).
    ///
    /// @return for each index along the axis how much it matters, or nothing if the method does not look at
    ///     this tensor
    double[] score(WeightSlices slices, long seed);

    /// The score of channels that it sees no tensor of; NaN if they stay.
    default double ofNothing() {
        return 1;
    }

    /// Whether it looks at a tensor.
    boolean looksAt(WeightSlices slices);
}
