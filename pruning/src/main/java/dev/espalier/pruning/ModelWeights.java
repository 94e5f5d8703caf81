package dev.espalier.pruning;

import java.util.List;

/// Every constant tensor of a model, sorted into what is pruned by default and what is not.
///
/// @param weights in the order in which the nodes that use them stand in the file
/// @param others in file order
public record ModelWeights(List<Weight> weights, List<LeftAlone> others) {
    public ModelWeights {
        weights = List.copyOf(weights);
        others = List.copyOf(others);
    }
}
