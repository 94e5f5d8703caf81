package dev.espalier.pruning.calibrated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Exchanges weights that stay for others, one for one, as long as the fitted layer comes nearer to its targets:
/// between two outputs, where the one is missed less than the other gains, or within one.
///
/// At the minimum of the quadratic on the weights S of an output, one that goes costs `w_p^2 / [H_SS^-1]_pp`, and
/// one that is added gains `r_q^2 / s_q`, with the slope `r = g - w H` and `s_q = H_qq - H_qS H_SS^-1 H_Sq`. Both
/// are exact, so that every exchange is one for the better.
final class Exchange {
    private static final int MOST_PASSES = 50;
    /// A pass that gains a smaller share of all that was gained is the last.
    private static final double LEAST = 0.01;
    /// So many of the weights of an output that are missed least are looked at for an exchange within it.
    private static final int CANDIDATES = 4;
    /// An input has to have so much of its mean square that others do not explain.
    private static final double INDEPENDENT = 1e-9;

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

    /// Multiply-adds of looking at all outputs once.
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
    /// @param most multiply-adds, about; nothing is exchanged if they are not enough for a single pass
    /// @return what stays instead, as many
    static boolean[] of(LayerProblem problem, boolean[] kept, double lambda, double most) {
        double onePass = work(problem, kept);
        if (onePass > most) {
            return kept;
        }
        Exchange exchange = new Exchange(problem, kept, lambda);
        double all = 0;
        for (int pass = 0; pass < MOST_PASSES && (pass + 1) * onePass <= most; pass++) {
            exchange.rows.parallelStream().forEach(Row::look);
            double gain = exchange.pass();
            all += gain;
            if (gain <= LEAST * all) {
                break;
            }
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
                loser.set(loser.cheapest, false);
                winner.set(winner.dearest, true);
            }
        }
        for (Row row : rows) {
            if (!row.isChanged && row.gainWithin > 0) {
                sum += row.gainWithin;
                row.set(row.out, false);
                row.set(row.in, true);
            }
        }
        return sum;
    }

    /// An output: what is missed least of what stays, and what is missed most of what does not.
    private final class Row {
        private final double[] h;
        private final int inputs;
        private final int weightInputs;
        private final int first;
        private final double[] g;
        private final double[] dense;
        private final double scale;
        private boolean isChanged = true;
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

        void set(int j, boolean stays) {
            kept[first + j] = stays;
            isChanged = true;
        }

        /// If something has changed.
        void look() {
            if (isChanged) {
                isChanged = false;
                leastLoss = Double.POSITIVE_INFINITY;
                mostGain = 0;
                gainWithin = 0;
                new Look(IntStream.range(0, inputs).filter(this::stays).toArray()).run();
            }
        }

        /// What it takes to know what weights are worth.
        private final class Look {
            private final int[] support;
            private final int count;
            private final double[] lower;
            /// L^-1 H_S.
            private final double[] solved;
            private final double[] y;

            Look(int[] support) {
                this.support = support;
                this.count = support.length;
                this.lower = new double[count * count];
                this.solved = new double[count * inputs];
                this.y = new double[count];
            }

            void run() {
                factor();
                double[] slope = g.clone();
                double[] own = new double[inputs];
                for (int j = 0; j < inputs; j++) {
                    own[j] = h[j * inputs + j];
                }
                for (int i = 0; i < count; i++) {
                    double sum = g[support[i]];
                    for (int k = 0; k < i; k++) {
                        sum -= lower[i * count + k] * y[k];
                    }
                    y[i] = sum / lower[i * count + i];
                    for (int j = 0, at = i * inputs; j < inputs; j++, at++) {
                        slope[j] -= solved[at] * y[i];
                        own[j] -= solved[at] * solved[at];
                    }
                }
                gains(slope, own);
                losses(slope, own);
            }

            /// Cholesky's factor of H_SS, and L^-1 H_S beside it.
            private void factor() {
                for (int i = 0; i < count; i++) {
                    System.arraycopy(h, support[i] * inputs, solved, i * inputs, inputs);
                    for (int k = 0; k < i; k++) {
                        double factor = solved[k * inputs + support[i]];
                        lower[i * count + k] = factor;
                        for (int j = 0, from = k * inputs, to = i * inputs; j < inputs; j++, from++, to++) {
                            solved[to] -= factor * solved[from];
                        }
                    }
                    double least = INDEPENDENT * h[support[i] * inputs + support[i]];
                    double root =
                            Math.sqrt(Math.max(solved[i * inputs + support[i]], Math.max(least, Double.MIN_NORMAL)));
                    lower[i * count + i] = root;
                    for (int j = i * inputs; j < (i + 1) * inputs; j++) {
                        solved[j] /= root;
                    }
                }
            }

            private void gains(double[] slope, double[] own) {
                for (int j = 0; j < weightInputs; j++) {
                    double gain = stays(j) || dense[j] == 0 ? 0 : gain(j, slope[j], own[j]);
                    if (gain > mostGain) {
                        mostGain = gain;
                        dearest = j;
                    }
                }
            }

            private double gain(int j, double slope, double own) {
                return own > INDEPENDENT * h[j * inputs + j] ? scale * slope * slope / own : 0;
            }

            private void losses(double[] slope, double[] own) {
                double[] inverse = inverse();
                double[] weights = new double[count];
                double[] diagonal = new double[count];
                for (int i = 0; i < count; i++) {
                    for (int k = 0; k <= i; k++) {
                        double value = inverse[i * count + k];
                        weights[k] += value * y[i];
                        diagonal[k] += value * value;
                    }
                }
                double[] losses = new double[count];
                for (int i = 0; i < count; i++) {
                    losses[i] = support[i] < weightInputs
                            ? scale * weights[i] * weights[i] / diagonal[i]
                            : Double.POSITIVE_INFINITY;
                }
                for (int turn = 0; turn < CANDIDATES; turn++) {
                    int least = least(losses);
                    if (least < 0) {
                        break;
                    }
                    if (turn == 0) {
                        leastLoss = losses[least];
                        cheapest = support[least];
                    }
                    within(
                            least,
                            losses[least],
                            weights[least] / diagonal[least],
                            diagonal[least],
                            inverse,
                            slope,
                            own);
                    losses[least] = Double.POSITIVE_INFINITY;
                }
            }

            private static int least(double[] losses) {
                int least = -1;
                for (int i = 0; i < losses.length; i++) {
                    if (losses[i] < (least < 0 ? Double.POSITIVE_INFINITY : losses[least])) {
                        least = i;
                    }
                }
                return least;
            }

            /// L^-1.
            private double[] inverse() {
                double[] inverse = new double[count * count];
                for (int i = 0; i < count; i++) {
                    double root = lower[i * count + i];
                    for (int k = 0; k < i; k++) {
                        double factor = lower[i * count + k] / root;
                        for (int j = 0; j <= k; j++) {
                            inverse[i * count + j] -= factor * inverse[k * count + j];
                        }
                    }
                    inverse[i * count + i] = 1 / root;
                }
                return inverse;
            }

            /// What is gained if one goes and another comes: the slope and what others have of their own without it.
            private void within(
                    int place,
                    double loss,
                    double step,
                    double diagonal,
                    double[] inverse,
                    double[] slope,
                    double[] own) {
                double[] image = new double[inputs];
                for (int i = place; i < count; i++) {
                    double factor = inverse[i * count + place];
                    for (int j = 0, at = i * inputs; j < inputs; j++, at++) {
                        image[j] += factor * solved[at];
                    }
                }
                for (int j = 0; j < weightInputs; j++) {
                    if (!stays(j) && dense[j] != 0) {
                        double more =
                                gain(j, slope[j] + step * image[j], own[j] + image[j] * image[j] / diagonal) - loss;
                        if (more > gainWithin) {
                            gainWithin = more;
                            out = support[place];
                            in = j;
                        }
                    }
                }
            }
        }
    }
}
