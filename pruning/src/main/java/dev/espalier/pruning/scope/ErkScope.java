package dev.espalier.pruning.scope;

import java.util.Arrays;
import java.util.List;

/// All layers reach the sparsity together; each keeps a share of its weights in proportion to the sum of its
/// dimensions over their product, at most all (Erdős–Rényi-Kernel). Large layers become sparser than small ones.
final class ErkScope implements Scope {
    @Override
    public String name() {
        return "erk";
    }

    @Override
    public String summary() {
        return "each layer keeps a share like the sum of its dimensions over their product";
    }

    @Override
    public String source() {
        return "Evci et al. 2020, Rigging the Lottery; without kernels Mocanu et al. 2018";
    }

    @Override
    public List<Allotment> allot(List<Layer> layers, Amount amount) {
        return SharedDensity.of(layers, ErkScope::weight, this, amount);
    }

    private static double weight(Layer layer) {
        long[] dims = layer.shape().dims();
        return Arrays.stream(dims).asDoubleStream().sum()
                / Arrays.stream(dims).asDoubleStream().reduce(1, (a, b) -> a * b);
    }
}
