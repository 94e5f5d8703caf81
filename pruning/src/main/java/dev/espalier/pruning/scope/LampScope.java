package dev.espalier.pruning.scope;

import java.util.List;

/// All layers reach the sparsity together, by the share that a weight's square has of the squares of its layer that are
/// not smaller (layer-adaptive magnitude pruning): `w_u^2 / sum of w_v^2 over all v from u on, in ascending order of
/// |w|`. The largest weight of each layer has 1, so no layer goes as a whole before the others do.
final class LampScope implements Scope {
    private static final Ranking BY_SHARE_OF_REST = (score, fromHere, all) -> score * score / fromHere;

    @Override
    public String name() {
        return "lamp";
    }

    @Override
    public String summary() {
        return "the smallest of all layers by w^2 / sum of w^2 of what is not smaller in the layer";
    }

    @Override
    public String source() {
        return "Lee et al. 2021, Layer-adaptive Sparsity for the Magnitude-based Pruning";
    }

    @Override
    public List<Allotment> allot(List<Layer> layers, Amount amount) {
        return JointCut.of(layers, BY_SHARE_OF_REST, amount);
    }
}
