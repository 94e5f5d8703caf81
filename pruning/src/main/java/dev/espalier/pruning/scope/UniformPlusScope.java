package dev.espalier.pruning.scope;

import java.util.List;

/// All layers reach the sparsity together, each the same, but for the first convolution, which stays as it is,
/// and the last layer, which loses at most 80 %.
final class UniformPlusScope implements Scope {
    @Override
    public String name() {
        return "uniform+";
    }

    @Override
    public String summary() {
        return "all alike, but the first convolution stays and the last layer loses at most 80 %";
    }

    @Override
    public String source() {
        return "Gale et al. 2019, The State of Sparsity in Deep Neural Networks; named by Lee et al. 2021";
    }

    @Override
    public long most(Layer layer) {
        if (layer.isFirstConvolution()) {
            return 0;
        }
        // Exactly 80 %, rounded down.
        return layer.isLast() ? Math.min(layer.cap(), layer.units() - Math.ceilDiv(layer.units(), 5L)) : layer.cap();
    }

    @Override
    public List<Allotment> allot(List<Layer> layers, Amount amount) {
        return SharedDensity.of(layers, layer -> 1, this, amount);
    }
}
