package dev.espalier.pruning.scope;

import java.util.List;

/// Every layer reaches the sparsity by itself.
final class LayerScope implements Scope {
    @Override
    public String name() {
        return "layer";
    }

    @Override
    public String summary() {
        return "every layer reaches the sparsity by itself";
    }

    @Override
    public String source() {
        return "PyTorch's l1_unstructured";
    }

    @Override
    public boolean isOfEachLayer() {
        return true;
    }

    @Override
    public List<Allotment> allot(List<Layer> layers, Amount amount) {
        return layers.stream()
                .map(layer -> Allotment.of(amount.in(layer.units(), layer::zeros)))
                .toList();
    }
}
