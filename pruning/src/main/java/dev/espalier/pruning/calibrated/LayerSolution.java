package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.Mask;

/// What a layer becomes.
///
/// @param weights outputs x inputs, the bias last if it has one; zero where they do not stay
/// @param kept which stay, outputs x inputs without the bias
/// @param lambda the ridge that did best on the samples held back
/// @param maskedError relative output error with the dense weights on that support, see [LayerProblem#relativeError]
/// @param error the same with the new weights
public record LayerSolution(double[] weights, Mask kept, double lambda, double maskedError, double error) {}
