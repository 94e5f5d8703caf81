package dev.espalier.pruning.scope;

import java.util.List;

/// All layers reach the sparsity together: the lowest scores of the whole model go.
final class GlobalScope implements Scope {
    @Override
    public String name() {
        return "global";
    }

    @Override
    public String summary() {
        return "the smallest of all layers together";
    }

    @Override
    public String source() {
        return "PyTorch's global_unstructured";
    }

    @Override
    public boolean comparesLayers() {
        return true;
    }

    @Override
    public List<Allotment> allot(List<Layer> layers, Amount amount) {
        return JointCut.of(layers, Ranking.BY_SCORE, amount);
    }
}
