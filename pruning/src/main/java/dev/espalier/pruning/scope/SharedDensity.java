package dev.espalier.pruning.scope;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// Divides what is asked for so that the share that a layer keeps is in proportion to a weight of the layer,
/// within what the scope lets it lose: `kept share = factor * weight`, with one factor for all.
final class SharedDensity {
    private static final int STEPS = 200;

    private SharedDensity() {}

    /// @param weights positive
    static List<Allotment> of(List<Layer> layers, ToDoubleFunction<Layer> weights, Scope scope, Amount amount) {
        long all = layers.stream().mapToLong(Layer::total).sum();
        long budget =
                amount.in(all, () -> layers.stream().mapToLong(Layer::zeroTotal).sum());
        double[] weight = layers.stream().mapToDouble(weights).toArray();
        // What goes falls as the factor grows, from all that may go to nothing.
        double low = 0;
        double high = 1 / Arrays.stream(weight).min().orElse(1);
        for (int i = 0; i < STEPS; i++) {
            double middle = (low + high) / 2;
            boolean isTooMuch =
                    Arrays.stream(gone(layers, weight, scope, middle)).sum() > budget;
            low = isTooMuch ? middle : low;
            high = isTooMuch ? high : middle;
        }
        return rounded(layers, scope, gone(layers, weight, scope, high), budget);
    }

    /// What goes of each layer, in units' costs.
    private static double[] gone(List<Layer> layers, double[] weight, Scope scope, double factor) {
        return IntStream.range(0, weight.length)
                .mapToDouble(i -> {
                    Layer layer = layers.get(i);
                    double goes = layer.units() * (1 - Math.min(1, factor * weight[i]));
                    return Math.min(goes, (double) scope.most(layer)) * layer.cost();
                })
                .toArray();
    }

    /// Whole units: rounded down, and one more for those that lose most by it, as long as the budget lasts.
    private static List<Allotment> rounded(List<Layer> layers, Scope scope, double[] gone, long budget) {
        long[] units = new long[gone.length];
        long left = budget;
        for (int i = 0; i < units.length; i++) {
            units[i] = (long) (gone[i] / layers.get(i).cost());
            left -= units[i] * layers.get(i).cost();
        }
        List<Integer> byRest =
                new ArrayList<>(IntStream.range(0, units.length).boxed().toList());
        byRest.sort(Comparator.comparingDouble(
                i -> units[i] - gone[i] / layers.get(i).cost()));
        for (boolean isAny = true; isAny; ) {
            isAny = false;
            for (int i : byRest) {
                if (left >= layers.get(i).cost() && units[i] < scope.most(layers.get(i))) {
                    units[i]++;
                    left -= layers.get(i).cost();
                    isAny = true;
                }
            }
        }
        return Arrays.stream(units).mapToObj(Allotment::of).toList();
    }
}
