package dev.espalier.pruning.scope;

import java.util.List;

/// All layers reach the sparsity together, by scores over the Euclidean norm of their layer: a layer of small
/// weights does not go because its weights are small.
final class NormalizedScope implements Scope {
    private static final Ranking BY_SHARE_OF_NORM = (score, fromHere, all) -> score / Math.sqrt(all);

    @Override
    public String name() {
        return "global-normalized";
    }

    @Override
    public String summary() {
        return "the smallest of all layers by |w| / norm of the layer";
    }

    @Override
    public String source() {
        return "NNCF, UNSTRUCTURED_MAGNITUDE_GLOBAL: |w| / ||W||_2";
    }

    @Override
    public List<Allotment> allot(List<Layer> layers, Amount amount) {
        return JointCut.of(layers, BY_SHARE_OF_NORM, amount);
    }
}
