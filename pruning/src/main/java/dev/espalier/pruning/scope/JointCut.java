package dev.espalier.pruning.scope;

import dev.espalier.sparse.Cut;
import dev.espalier.sparse.Scores;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongPredicate;

/// Cuts the orderings of several layers together: the units with the lowest keys go, wherever they are.
///
/// A [Ranking] gives keys that rise with the scores of a layer. So it is enough to know the layer's scores near
/// the cut: a first pass counts them by their highest bits, which bounds the key that is sought; a second one
/// collects the scores whose keys lie within these bounds, a few in a hundred. Where keys are the scores themselves the
/// first pass looks at a sample, the bounds are somewhat wider, and in the rare case that the key is not within
/// them, which the second pass tells, the first is made again with all scores.
final class JointCut {
    /// By how much a bound may be wrong for being computed in another order.
    private static final double SLACK = 1e-9;
    /// By how many square roots of a number of units its estimate may be wrong: one block of 16 is counted, and
    /// blocks differ by some hundredths.
    private static final int SAMPLES_SLACK = 32;
    private static final long INFINITY = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);

    private JointCut() {}

    /// Divides what is asked for. Where units cost differently, as much of it as whole units make up.
    static List<Allotment> of(List<Layer> layers, Ranking ranking, Amount amount) {
        long all = layers.stream().mapToLong(Layer::total).sum();
        long budget =
                amount.in(all, () -> layers.stream().mapToLong(Layer::zeroTotal).sum());
        Near near = near(layers, ranking, budget, !ranking.needsEnergy());
        if (!ranking.needsEnergy() && !near.hasKeyOf(budget)) {
            near = near(layers, ranking, budget, false);
        }
        List<Part> parts = near.parts;
        long key = lowestKey(parts, budget, part -> part::upTo);
        long left = budget;
        for (Part part : parts) {
            part.zeros = key == 0 ? 0 : part.capped(part.upTo(Double.longBitsToDouble(key - 1)));
            left -= part.zeros * part.layer.cost();
        }
        for (Part part : parts) {
            long more = part.capped(part.upTo(Double.longBitsToDouble(key))) - part.zeros;
            long here = Math.min(more, left / part.layer.cost());
            part.zeros += here;
            left -= here * part.layer.cost();
        }
        return parts.stream().map(Part::allotment).toList();
    }

    /// The layers with their scores between two keys, given by their bits.
    private record Near(List<Part> parts, long low, long high) {
        boolean hasKeyOf(long budget) {
            return (low == 0 || cost(parts, low - 1, part -> part::upTo) < budget)
                    && (high == INFINITY || cost(parts, high, part -> part::upTo) >= budget);
        }
    }

    /// @param isSampled whether what is near the cut is estimated
    private static Near near(List<Layer> layers, Ranking ranking, long budget, boolean isSampled) {
        List<Part> parts = layers.parallelStream()
                .map(layer -> new Part(layer, ranking, isSampled))
                .toList();
        double variance = parts.stream()
                .filter(part -> !part.histogram.isExact())
                .mapToDouble(part -> (double) part.layer.total() * part.layer.cost())
                .sum();
        long slack = (long) (SAMPLES_SLACK * Math.sqrt(variance));
        long high = lowestKey(parts, budget + slack, part -> part::surelyUpTo);
        long low = lowestKey(parts, Math.max(0, budget - slack), part -> part::possiblyUpTo);
        parts.parallelStream().forEach(part -> part.open(Double.longBitsToDouble(low), Double.longBitsToDouble(high)));
        return new Near(parts, low, high);
    }

    /// Counts units whose keys are at most some key.
    private interface Counter {
        long upTo(double key);
    }

    /// The bits of the lowest key up to which units for all of `budget` go; of infinity if there are fewer.
    private static long lowestKey(List<Part> parts, long budget, Function<Part, Counter> counter) {
        long low = 0;
        long high = INFINITY;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (cost(parts, middle, counter) >= budget) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private static long cost(List<Part> parts, long key, Function<Part, Counter> counter) {
        double real = Double.longBitsToDouble(key);
        return parts.stream()
                .mapToLong(part -> part.capped(counter.apply(part).upTo(real)) * part.layer.cost())
                .sum();
    }

    /// One layer.
    private static final class Part {
        private final Layer layer;
        private final Ranking ranking;
        private final Scores scores;
        private final ScoreHistogram histogram;
        private final double[] lowKeys;
        private final double[] highKeys;
        /// Units below those that are looked at one by one.
        private long below;
        /// What is looked at: different scores, how many units come before each, and the energy above it.
        private Runs runs = Runs.NONE;
        private long[] starts = {0};
        private double[] above = {};
        private long zeros;

        Part(Layer layer, Ranking ranking, boolean isSampled) {
            this.layer = layer;
            this.ranking = ranking;
            this.scores = layer.scores().get();
            this.histogram =
                    isSampled ? ScoreHistogram.ofSample(scores) : ScoreHistogram.of(scores, ranking.needsEnergy());
            int bins = histogram.size();
            this.lowKeys = rising(bins, bin -> key(histogram.lowest(bin), histogram.energyFrom(bin)) * (1 - SLACK));
            this.highKeys = rising(bins, bin -> {
                long highest = histogram.highest(bin);
                return key(highest, histogram.energyFrom(bin + 1) + energy(highest)) * (1 + SLACK);
            });
        }

        private static double[] rising(int count, IntToDoubleFunction keys) {
            double[] rising = new double[count];
            for (int i = 0; i < count; i++) {
                rising[i] = Math.max(i == 0 ? 0 : rising[i - 1], keys.applyAsDouble(i));
            }
            return rising;
        }

        private double value(long score) {
            return Scores.real(score, scores.bits()) * histogram.scale();
        }

        private double energy(long score) {
            return value(score) * value(score);
        }

        private double key(long score, double fromHere) {
            return score == 0 ? 0 : ranking.key(value(score), fromHere, histogram.energyFrom(0));
        }

        long capped(long units) {
            return Math.min(units, layer.cap());
        }

        long surelyUpTo(double key) {
            return histogram.before(countUpTo(highKeys, key));
        }

        long possiblyUpTo(double key) {
            return histogram.before(countUpTo(lowKeys, key));
        }

        private static int countUpTo(double[] rising, double key) {
            return (int) first(rising.length, i -> rising[(int) i] > key);
        }

        /// Collects the scores whose keys may lie between two.
        void open(double low, double high) {
            int first = (int) first(highKeys.length, i -> highKeys[(int) i] >= low);
            int end = countUpTo(lowKeys, high);
            if (first == end && histogram.isExact()) {
                below = histogram.before(end);
                return;
            }
            // What is between the bins of a sample may be in none of them.
            runs = Runs.between(
                    scores,
                    first == 0 ? 0 : histogram.highest(first - 1) + 1,
                    end == histogram.size() ? Scores.never(scores.bits()) - 1 : histogram.lowest(end) - 1);
            below = runs.below();
            int count = runs.size();
            starts = new long[count + 1];
            above = new double[count];
            for (int i = 0; i < count; i++) {
                starts[i + 1] = starts[i] + runs.count(i);
            }
            double energy = histogram.energyFrom(end);
            for (int i = count - 1; i >= 0 && ranking.needsEnergy(); i--) {
                above[i] = energy;
                energy += runs.count(i) * energy(runs.score(i));
            }
        }

        /// How many units have a key of at most this one.
        long upTo(double key) {
            return below + first(starts[starts.length - 1], position -> keyAt(position) > key);
        }

        private double keyAt(long position) {
            int run = runOf(position);
            long score = runs.score(run);
            return key(score, above[run] + (starts[run + 1] - position) * energy(score));
        }

        private int runOf(long position) {
            return (int) first(starts.length, i -> starts[(int) i] > position) - 1;
        }

        Allotment allotment() {
            long position = zeros - below;
            int count = runs.size();
            if (count == 0 || position < 0) {
                return Allotment.of(zeros);
            }
            int run = runOf(position);
            Cut cut = run == count
                    ? new Cut(runs.score(count - 1) + 1, 0)
                    : new Cut(runs.score(run), position - starts[run]);
            return new Allotment(zeros, Optional.of(cut));
        }

        /// The first number below `count` of which something holds that also holds of all after it; `count` if
        /// there is none.
        private static long first(long count, LongPredicate holds) {
            long low = 0;
            long high = count;
            while (low < high) {
                long middle = (low + high) >>> 1;
                if (holds.test(middle)) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            return low;
        }
    }
}
