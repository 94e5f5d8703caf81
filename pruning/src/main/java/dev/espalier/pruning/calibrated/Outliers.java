package dev.espalier.pruning.calibrated;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Divides zeros among layers by their outliers, weights whose `|w| |x|` is more than five times the mean of their
/// layer: a layer that has more of them keeps more (OWL: Yin et al. 2023, arXiv 2310.05175). Sparsities lie around that
/// of all layers, within a range of .16 from the most to the fewest outliers.
///
/// The paper's blocks are of one size; here layers count by their units, so that the sparsity of all is exact. And no
/// layer keeps less than half of what it would if all kept the same share: small ones would vanish.
///
/// @param layers in file order
public record Outliers(List<Layer> layers) implements LayerBudget {
    /// The paper's M and lambda.
    private static final double TIMES_THE_MEAN = 5;

    private static final double LAMBDA = 0.08;

    /// One layer.
    ///
    /// @param weight its weight's name
    /// @param units how many units there are to choose among
    /// @param ratio the share of its weights that are outliers
    public record Layer(String weight, long units, double ratio) {
        /// Of a layer whose inputs were looked at.
        ///
        /// @param units of the pattern that its zeros are to follow
        public static Layer of(String weight, long units, LayerProblem problem) {
            double[] scores = Wanda.scores(problem);
            double limit = TIMES_THE_MEAN * Arrays.stream(scores).average().orElse(0);
            long outliers = Arrays.stream(scores).filter(score -> score > limit).count();
            return new Layer(weight, units, (double) outliers / scores.length);
        }
    }

    public Outliers {
        layers = List.copyOf(layers);
    }

    @Override
    public Map<String, Long> units() {
        return layers.stream().collect(Collectors.toMap(Layer::weight, Layer::units));
    }

    @Override
    public String reason() {
        return "by its outliers";
    }

    @Override
    public Map<String, Long> divide(Set<String> among, long zeros) {
        List<Layer> chosen =
                layers.stream().filter(layer -> among.contains(layer.weight)).toList();
        double[] wanted = wanted(chosen, zeros);
        long[] whole = Arrays.stream(wanted).mapToLong(value -> (long) value).toArray();
        long left = zeros - Arrays.stream(whole).sum();
        // Zeros are whole: the largest fractions get what is left.
        int[] byFraction = IntStream.range(0, wanted.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> whole[i] - wanted[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int at = 0; left > 0; at = (at + 1) % byFraction.length) {
            int layer = byFraction[at];
            if (whole[layer] < chosen.get(layer).units) {
                whole[layer]++;
                left--;
            }
        }
        Map<String, Long> divided = new LinkedHashMap<>();
        for (int i = 0; i < whole.length; i++) {
            divided.put(chosen.get(i).weight, whole[i]);
        }
        return divided;
    }

    /// `S - (r - mean r)`, with ratios brought into a range of two lambda, which is narrowed where one of the layers
    /// would keep too little or more than all.
    private static double[] wanted(List<Layer> layers, long zeros) {
        double units = layers.stream().mapToLong(Layer::units).sum();
        double sparsity = zeros / units;
        double least = layers.stream().mapToDouble(Layer::ratio).min().orElse(0);
        double range = layers.stream().mapToDouble(Layer::ratio).max().orElse(0) - least;
        double[] above = layers.stream()
                .mapToDouble(layer -> range == 0 ? 0 : (layer.ratio - least) / range * 2 * LAMBDA)
                .toArray();
        double mean = 0;
        for (int i = 0; i < above.length; i++) {
            mean += above[i] * layers.get(i).units / units;
        }
        double narrowed = 1;
        for (double more : above) {
            double distance = more - mean;
            double most = distance > 0 ? sparsity : (1 - sparsity) / 2;
            narrowed = Math.abs(distance) > most ? Math.min(narrowed, most / Math.abs(distance)) : narrowed;
        }
        double[] wanted = new double[above.length];
        for (int i = 0; i < wanted.length; i++) {
            double share = Math.clamp(sparsity - narrowed * (above[i] - mean), 0, 1);
            wanted[i] = share * layers.get(i).units;
        }
        return wanted;
    }
}
