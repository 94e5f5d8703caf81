package dev.espalier.pruning.calibrated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Exchanges weights that stay for others, one for one, as long as the fitted layer comes nearer to its targets:
/// between two outputs, where the one is missed less than the other gains, or within one.
///
/// At the minimum of the quadratic on the weights S of an output, one that goes costs `w_p^2 / [H_SS^-1]_pp`, and
/// one that is added gains `r_q^2 / s_q`, with the slope `r = g - w H` and `s_q = H_qq - H_qS H_SS^-1 H_Sq`. Both
/// are exact, so that every exchange is one for the better. What they are made of, `[H_SS]^-1`, r and s, is found once
/// for each output and then changed with S, by one weight at a time: that takes as many multiply-adds as there are
/// weights in S times inputs.
final class Exchange {
    private static final int MOST_PASSES = 50;
    /// A pass that gains a smaller share of all that was gained is the last.
    private static final double LEAST = 0.01;
    /// So many of the weights of an output that are missed least are looked at for an exchange within it.
    private static final int CANDIDATES = 4;

    private final List<Row> rows = new ArrayList<>();
    private final boolean[] kept;

    private Exchange(LayerProblem problem, boolean[] kept, double lambda) {
        this.kept = kept.clone();
        for (GroupProblem group : problem.groups()) {
            double[] h = h(group, lambda);
            for (int row = 0; row < group.outputs(); row++) {
                rows.add(new Row(group, h, row, lambda));
            }
        }
    }

    private static double[] h(GroupProblem group, double lambda) {
        int inputs = group.inputs();
        Moments moments = group.all();
        double ridge = lambda * moments.meanDiagonal(group.weightInputs());
        double[] h = new double[inputs * inputs];
        IntStream.range(0, inputs).parallel().forEach(i -> {
            for (int j = 0; j < inputs; j++) {
                h[i * inputs + j] = moments.input(i, j) + (i == j && i < group.weightInputs() ? ridge : 0);
            }
        });
        return h;
    }

    /// Multiply-adds of the first look at all outputs.
    private static double work(LayerProblem problem, boolean[] kept) {
        double work = 0;
        int inputs = problem.weightInputs();
        for (int row = 0; row < problem.outputs(); row++) {
            double stay = 0;
            for (int i = row * inputs; i < (row + 1) * inputs; i++) {
                stay += kept[i] ? 1 : 0;
            }
            work += stay * stay * inputs / 2;
        }
        return work;
    }

    /// @param kept what stays, outputs x inputs without the bias
    /// @param lambda the ridge
    /// @param most multiply-adds, about; nothing is exchanged if they are not enough to begin with
    /// @return what stays instead, as many
    static boolean[] of(LayerProblem problem, boolean[] kept, double lambda, double most) {
        double work = work(problem, kept);
        if (work > most) {
            return kept;
        }
        Exchange exchange = new Exchange(problem, kept, lambda);
        double all = 0;
        for (int pass = 0; pass < MOST_PASSES && work <= most; pass++) {
            exchange.rows.parallelStream().forEach(Row::look);
            double gain = exchange.pass();
            all += gain;
            if (gain <= LEAST * all) {
                break;
            }
            work += exchange.rows.stream().mapToDouble(Row::work).sum();
        }
        return exchange.kept;
    }

    /// At most one exchange in each output, since each changes what others there are worth.
    ///
    /// @return what was gained
    private double pass() {
        List<Row> losers = rows.stream()
                .sorted(Comparator.comparingDouble(row -> row.leastLoss))
                .toList();
        List<Row> winners = rows.stream()
                .sorted(Comparator.comparingDouble(row -> -row.mostGain))
                .toList();
        double sum = 0;
        int next = 0;
        for (Row winner : winners) {
            while (next < losers.size() && losers.get(next).isChanged) {
                next++;
            }
            if (next == losers.size() || winner.mostGain <= losers.get(next).leastLoss) {
                break;
            }
            Row loser = losers.get(next);
            if (winner != loser && !winner.isChanged) {
                sum += winner.mostGain - loser.leastLoss;
                loser.remove(loser.cheapest);
                winner.add(winner.dearest);
            }
        }
        for (Row row : rows) {
            if (!row.isChanged && row.gainWithin > 0) {
                sum += row.gainWithin;
                row.remove(row.out);
                row.add(row.in);
            }
        }
        return sum;
    }

    /// An output: what is missed least of what stays, and what is missed most of what does not.
    private final class Row {
        private static final int NONE = -1;

        private final double[] h;
        private final int inputs;
        private final int weightInputs;
        private final int first;
        private final double[] g;
        private final double[] dense;
        private final double scale;
        private @Nullable SupportMinimum minimum;
        private boolean isChanged = true;
        private int leaves = NONE;
        private int comes = NONE;
        private double leastLoss;
        private int cheapest;
        private double mostGain;
        private int dearest;
        private double gainWithin;
        private int out;
        private int in;

        Row(GroupProblem group, double[] h, int row, double lambda) {
            this.h = h;
            this.inputs = group.inputs();
            this.weightInputs = group.weightInputs();
            this.first = group.firstWeight() + row * weightInputs;
            this.scale = group.rowScale()[row] * group.rowScale()[row];
            this.g = new double[inputs];
            this.dense = Arrays.copyOfRange(group.dense(), row * inputs, (row + 1) * inputs);
            double ridge = lambda * group.all().meanDiagonal(weightInputs);
            for (int j = 0; j < inputs; j++) {
                g[j] = group.all().cross(row, j) + (j < weightInputs ? ridge * dense[j] : 0);
            }
        }

        private boolean stays(int j) {
            return j >= weightInputs || kept[first + j];
        }

        void remove(int j) {
            kept[first + j] = false;
            leaves = j;
            isChanged = true;
        }

        void add(int j) {
            kept[first + j] = true;
            comes = j;
            isChanged = true;
        }

        /// Multiply-adds of the next look, about.
        double work() {
            return isChanged && minimum != null ? (2.0 + CANDIDATES) * minimum.count() * inputs : 0;
        }

        /// If something has changed.
        void look() {
            if (!isChanged) {
                return;
            }
            isChanged = false;
            leastLoss = Double.POSITIVE_INFINITY;
            mostGain = 0;
            gainWithin = 0;
            SupportMinimum now = changed();
            double[] gains = now.gains();
            dearest = largest(gains);
            mostGain = mayCome(dearest) ? scale * gains[dearest] : 0;
            losses(now);
        }

        /// Of those that may come.
        private int largest(double[] gains) {
            int largest = 0;
            double most = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < weightInputs; j++) {
                if (gains[j] > most && mayCome(j)) {
                    most = gains[j];
                    largest = j;
                }
            }
            return largest;
        }

        private SupportMinimum changed() {
            if (minimum == null) {
                int[] support = IntStream.range(0, inputs).filter(this::stays).toArray();
                minimum = new SupportMinimum(h, g, support);
            } else {
                if (leaves != NONE) {
                    minimum.remove(leaves);
                }
                if (comes != NONE) {
                    minimum.add(comes);
                }
            }
            leaves = NONE;
            comes = NONE;
            return minimum;
        }

        private boolean mayCome(int j) {
            return !stays(j) && dense[j] != 0;
        }

        private void losses(SupportMinimum now) {
            double[] losses = new double[now.count()];
            for (int place = 0; place < losses.length; place++) {
                losses[place] = now.input(place) < weightInputs ? scale * now.loss(place) : Double.POSITIVE_INFINITY;
            }
            for (int turn = 0; turn < CANDIDATES; turn++) {
                int least = least(losses);
                if (least < 0) {
                    break;
                }
                if (turn == 0) {
                    leastLoss = losses[least];
                    cheapest = now.input(least);
                }
                within(now, least, losses[least]);
                losses[least] = Double.POSITIVE_INFINITY;
            }
        }

        private static int least(double[] losses) {
            int least = NONE;
            for (int i = 0; i < losses.length; i++) {
                if (losses[i] < (least < 0 ? Double.POSITIVE_INFINITY : losses[least])) {
                    least = i;
                }
            }
            return least;
        }

        /// What is gained if one goes and another comes.
        private void within(SupportMinimum now, int place, double loss) {
            double[] gains = now.gainsWithout(place);
            int best = largest(gains);
            double more = mayCome(best) ? scale * gains[best] - loss : 0;
            if (more > gainWithin) {
                gainWithin = more;
                out = now.input(place);
                in = best;
            }
        }
    }
}
