package dev.espalier.pruning.calibrated;

/// The nearest weights of a wanted pattern: which of a layer's weights stay, by how much each of them matters.
interface Projection {
    /// @param saliency of the weights, outputs x inputs without the bias, none negative
    /// @return what stays, in the same order
    boolean[] keep(float[] saliency);

    /// The same with another number of zeros.
    ///
    /// @param zeros units of the pattern that go
    Projection at(long zeros);
}
