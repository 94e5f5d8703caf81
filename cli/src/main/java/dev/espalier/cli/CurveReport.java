package dev.espalier.cli;

import dev.espalier.pruning.Weight;
import dev.espalier.sparse.MagnitudeCounts;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// How sparse the layers would be if every |w| below a threshold were zero.
///
/// @param parameters of the layers that are counted
/// @param inSteps layers that are not: of unknown scale, their magnitudes do not compare with a threshold
record CurveReport(
        int schemaVersion,
        ModelFacts model,
        long parameters,
        List<Point> curve,
        List<Layer> layers,
        List<String> inSteps)
        implements Report {
    private static final int BAR = 20;
    private static final double[] THRESHOLDS = IntStream.rangeClosed(-12, 5)
            .boxed()
            .flatMap(power -> IntStream.of(1, 2, 5).mapToObj(digit -> digit + "e" + power))
            .mapToDouble(Double::parseDouble)
            .toArray();

    /// All layers together.
    ///
    /// @param energyLost sum of squares of what would go, over all; null if there is no energy
    record Point(
            double threshold,
            long zeros,
            double sparsity,
            @Nullable Double energyLost) {}

    /// One layer.
    ///
    /// @param zeros at each point of the curve
    record Layer(String weight, long parameters, List<Long> zeros) {}

    static CurveReport of(ModelFacts model, List<Weight> weights) {
        List<Weight> comparable =
                weights.stream().filter(w -> w.quantization().isScaleKnown()).toList();
        List<MagnitudeCounts> counts = comparable.parallelStream()
                .map(w -> MagnitudeCounts.of(w.tensor(), w.quantization(), THRESHOLDS))
                .toList();
        long parameters = comparable.stream().mapToLong(Weight::elementCount).sum();
        List<Point> curve = IntStream.range(0, THRESHOLDS.length)
                .mapToObj(i -> point(i, parameters, counts))
                .toList();
        return new CurveReport(
                JsonReport.SCHEMA_VERSION,
                model,
                parameters,
                curve,
                IntStream.range(0, counts.size())
                        .mapToObj(i -> layer(comparable.get(i), counts.get(i)))
                        .toList(),
                weights.stream()
                        .filter(w -> !w.quantization().isScaleKnown())
                        .map(Weight::name)
                        .toList());
    }

    private static Point point(int threshold, long parameters, List<MagnitudeCounts> counts) {
        long zeros = counts.stream().mapToLong(c -> c.below(threshold)).sum();
        double energy = 0;
        double lost = 0;
        for (MagnitudeCounts layer : counts) {
            energy += layer.energy();
            lost += layer.energyBelow(threshold);
        }
        return new Point(
                THRESHOLDS[threshold],
                zeros,
                parameters == 0 ? 0 : (double) zeros / parameters,
                Figures.orNull(lost / energy));
    }

    private static Layer layer(Weight weight, MagnitudeCounts counts) {
        return new Layer(
                weight.name(),
                weight.elementCount(),
                IntStream.range(0, THRESHOLDS.length).mapToObj(counts::below).toList());
    }

    @Override
    public void print(Console console) {
        model.print(console);
        console.out().println();
        console.out().println(table().render(bend(), console.columns()));
        console.out().println();
        console.out().printf("%d layers, %s weights; nothing was changed%n", layers.size(), Figures.count(parameters));
        if (!inSteps.isEmpty()) {
            console.out().printf("not counted: %d layers of unknown scale (%s)%n", inSteps.size(), inSteps.getFirst());
        }
    }

    /// From the last point at which nothing more is zero up to the first at which all is.
    private List<Point> bend() {
        int first = 0;
        while (first + 1 < curve.size() && curve.get(first + 1).zeros == curve.getFirst().zeros) {
            first++;
        }
        int last = first;
        while (last + 1 < curve.size() && curve.get(last).zeros < parameters) {
            last++;
        }
        return curve.subList(first, last + 1);
    }

    private TextTable<Point> table() {
        return new TextTable<Point>()
                .number("|w| below", point -> Figures.real(point.threshold))
                .number("zeros", point -> Figures.count(point.zeros))
                .number("sparsity %", point -> Figures.percent(point.zeros, parameters))
                .number("energy lost %", point -> Figures.share(point.energyLost))
                .text("", point -> Sparkline.bar(point.sparsity, BAR));
    }
}
