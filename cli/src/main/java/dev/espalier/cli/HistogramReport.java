package dev.espalier.cli;

import dev.espalier.pruning.Weight;
import dev.espalier.sparse.MagnitudeCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// How large the weights of each layer are: counts between powers of two, as bars.
record HistogramReport(int schemaVersion, ModelFacts model, List<Layer> layers) implements Report {
    private static final int BARS = 16;
    private static final int FIRST = Float.MIN_EXPONENT;
    private static final double[] POWERS = IntStream.rangeClosed(FIRST, Float.MAX_EXPONENT)
            .mapToDouble(power -> Math.scalb(1.0, power))
            .toArray();

    /// A weight.
    ///
    /// @param inSteps whether magnitudes are in steps of its integers, since their scale is not known
    /// @param largest the largest |w| that is finite
    /// @param rms root of the mean square
    /// @param histogram how many that are not zero, where there are any
    record Layer(
            String node,
            String weight,
            long parameters,
            long zeros,
            long notFinite,
            boolean inSteps,
            double largest,
            double rms,
            List<Bin> histogram) {
        static Layer of(Weight weight) {
            MagnitudeCounts counts = MagnitudeCounts.of(weight.tensor(), weight.quantization(), POWERS);
            long[] nonZeros = counts.nonZeros();
            List<Bin> bins = new ArrayList<>();
            for (int i = 0; i < nonZeros.length; i++) {
                if (nonZeros[i] > 0) {
                    bins.add(new Bin(FIRST - 1 + i, nonZeros[i]));
                }
            }
            return new Layer(
                    weight.node().label(),
                    weight.name(),
                    weight.elementCount(),
                    counts.zeros(),
                    counts.unprunable(),
                    !weight.quantization().isScaleKnown(),
                    counts.largest(),
                    Math.sqrt(counts.energy() / Math.max(1, weight.elementCount() - counts.unprunable())),
                    bins);
        }

        /// The power of two at or below the largest.
        private int top() {
            return histogram.isEmpty() ? Integer.MIN_VALUE : histogram.getLast().power;
        }

        private String bars(int commonTop) {
            int last = inSteps ? top() : commonTop;
            long[] bars = new long[BARS];
            histogram.forEach(bin -> bars[Math.max(0, BARS - 1 - (last - bin.power))] += bin.count);
            return Sparkline.of(bars);
        }

        private String label() {
            return inSteps ? weight + " *" : weight;
        }
    }

    /// How many |w| there are from 2^power up to twice that; the lowest power, -127, has all that are smaller.
    record Bin(int power, long count) {}

    static HistogramReport of(ModelFacts model, List<Weight> weights) {
        return new HistogramReport(
                JsonReport.SCHEMA_VERSION,
                model,
                weights.parallelStream().map(Layer::of).toList());
    }

    @Override
    public void print(Console console) {
        model.print(console);
        console.out().println();
        int top = layers.stream()
                .filter(layer -> !layer.inSteps)
                .mapToInt(Layer::top)
                .max()
                .orElse(0);
        if (!layers.isEmpty()) {
            console.out().println(table(top).render(layers, console.columns()));
            console.out().println();
        }
        notes(top).forEach(console.out()::println);
    }

    private TextTable<Layer> table(int top) {
        return new TextTable<Layer>()
                .name("weight", Layer::label)
                .number("parameters", layer -> Figures.count(layer.parameters))
                .number("zeros %", layer -> Figures.percent(layer.zeros, layer.parameters))
                .text("|w| in powers of 2", layer -> layer.bars(top))
                .number("rms", layer -> Figures.real(layer.rms))
                .number("largest", layer -> Figures.real(layer.largest));
    }

    private List<String> notes(int top) {
        List<String> notes = new ArrayList<>();
        if (layers.stream().anyMatch(layer -> !layer.inSteps && layer.top() == top)) {
            notes.add("the last bar is |w| from %s up to %s, each other half of the next, the first all below %s"
                    .formatted(power(top), power(top + 1), power(top - BARS + 2)));
        }
        notes.add("zeros are in no bar; the highest bar of each layer is full");
        if (layers.stream().anyMatch(Layer::inSteps)) {
            notes.add("* of unknown scale: in steps of its integers, the last bar has the largest");
        }
        long notFinite = layers.stream().mapToLong(Layer::notFinite).sum();
        if (notFinite > 0) {
            notes.add(Figures.count(notFinite) + " NaN or infinite weights are in no bar");
        }
        return notes;
    }

    private static String power(int power) {
        return Figures.real(Math.scalb(1.0, power));
    }
}
