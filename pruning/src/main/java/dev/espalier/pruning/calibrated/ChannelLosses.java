package dev.espalier.pruning.calibrated;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/// What a layer that reads channels misses when some of them go.
public final class ChannelLosses {
    private static final double LAMBDA = 1e-2;

    private ChannelLosses() {}

    /// Out of the layer go, one after the other, the channels that it misses least while all its other weights
    /// are fitted anew: optimal brain surgeon by groups (Frantar and Alistarh 2022, arXiv 2208.11580), all
    /// outputs together.
    ///
    /// @param layer one whose outputs read the same inputs
    /// @param channelOf for each input, without the bias, the channel that it is of; -1 if that cannot go
    /// @param channels how many there are
    /// @return for each channel at which loss it goes, never less than for those that go before it
    public static double[] obs(LayerProblem layer, int[] channelOf, int channels) {
        GroupProblem problem = layer.whole();
        int[] rows = IntStream.range(0, problem.outputs()).toArray();
        Elimination elimination = new Elimination(Minimum.of(problem, LAMBDA), rows, problem.rowScale());
        int[][] columns = columns(channelOf, channels);
        Set<Integer> left = new HashSet<>();
        IntStream.range(0, channels).filter(c -> columns[c].length > 0).forEach(left::add);
        double[] losses = new double[channels];
        for (int c = 0; c < channels; c++) {
            if (left.contains(c) && isZero(problem, columns[c])) {
                elimination.remove(columns[c]);
                left.remove(c);
            }
        }
        double last = 0;
        while (!left.isEmpty()) {
            double[] next = new double[channels];
            Arrays.fill(next, Double.POSITIVE_INFINITY);
            left.parallelStream().forEach(c -> next[c] = elimination.loss(columns[c]));
            int least = IntStream.range(0, channels)
                    .filter(left::contains)
                    .reduce((a, b) -> next[b] < next[a] ? b : a)
                    .orElseThrow();
            last = Math.max(next[least], Math.nextUp(last));
            losses[least] = last;
            elimination.remove(columns[least]);
            left.remove(least);
        }
        return losses;
    }

    /// Whether it has gone before.
    private static boolean isZero(GroupProblem problem, int[] columns) {
        return Arrays.stream(columns)
                .allMatch(j -> IntStream.range(0, problem.outputs())
                        .allMatch(row -> problem.dense()[row * problem.inputs() + j] == 0));
    }

    /// By how much a channel fluctuates times what the layer makes of it: `var(x_j) |W_j|^2`, summed over its
    /// inputs (FLAP: An et al. 2023, arXiv 2312.11983). Its mean costs nothing, because the bias can stand in for
    /// it; where there is none, its mean square counts.
    ///
    /// @param layer one whose outputs read the same inputs
    /// @param channelOf for each input, without the bias, the channel that it is of; -1 if that cannot go
    /// @param channels how many there are
    public static double[] fluctuation(LayerProblem layer, int[] channelOf, int channels) {
        GroupProblem problem = layer.whole();
        Moments moments = problem.all();
        int inputs = problem.inputs();
        boolean hasBias = problem.weightInputs() < inputs;
        double[] losses = new double[channels];
        for (int j = 0; j < channelOf.length; j++) {
            if (channelOf[j] >= 0) {
                double mean = hasBias ? moments.input(j, inputs - 1) : 0;
                double squares = 0;
                for (int row = 0; row < problem.outputs(); row++) {
                    double w = problem.dense()[row * inputs + j] * problem.rowScale()[row];
                    squares += w * w;
                }
                losses[channelOf[j]] += Math.max(0, moments.input(j, j) - mean * mean) * squares;
            }
        }
        return losses;
    }

    private static int[][] columns(int[] channelOf, int channels) {
        int[][] columns = new int[channels][];
        for (int c = 0; c < channels; c++) {
            int channel = c;
            columns[c] = IntStream.range(0, channelOf.length)
                    .filter(j -> channelOf[j] == channel)
                    .toArray();
        }
        return columns;
    }
}
