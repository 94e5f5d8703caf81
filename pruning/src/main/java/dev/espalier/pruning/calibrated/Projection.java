package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.Mask;

/// The nearest weights of a wanted pattern: which of a layer's weights stay, by how much each of them matters.
public interface Projection {
    /// @param saliency of the weights, outputs x inputs without the bias, none negative
    /// @return what stays, of the shape outputs x inputs
    Mask keep(float[] saliency);
}
