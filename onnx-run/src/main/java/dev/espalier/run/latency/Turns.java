package dev.espalier.run.latency;

import dev.espalier.pruning.Progress;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.stats.Bootstrap;
import dev.espalier.run.stats.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/// Runs that took turns in a random order, so that whatever else the machine does strikes all alike.
public final class Turns {
    /// With fewer rounds there is nothing to say.
    public static final int FEWEST_ROUNDS = 30;

    private static final int MOST_ROUNDS = 2000;
    private static final long TURN_NANOS = 1_000_000;
    private static final long WARM_UP_NANOS = 300_000_000;
    private static final double LEVEL = 0.95;

    private final List<List<Long>> nanos = new ArrayList<>();
    private final List<double[]> rounds = new ArrayList<>();

    /// What is timed.
    public interface Runner {
        /// Runs so many times.
        ///
        /// @return nanoseconds of each run
        long[] time(int runs) throws ModelRunException;
    }

    private Turns(int runners) {
        for (int i = 0; i < runners; i++) {
            nanos.add(new ArrayList<>());
        }
    }

    /// Lets them run until time is up, but 30 rounds at least.
    ///
    /// @param seconds how long, without warming up
    /// @param seed of their order
    /// @param stop asked after each round whether to end early
    /// @throws ModelRunException if one of them cannot run
    public static Turns take(
            List<? extends Runner> runners, double seconds, long seed, Progress progress, BooleanSupplier stop)
            throws ModelRunException {
        Turns turns = new Turns(runners.size());
        int runs = warmUp(runners);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < runners.size(); i++) {
            order.add(i);
        }
        Random random = new Random(seed);
        long start = System.nanoTime();
        long budget = (long) (seconds * 1e9);
        while (turns.rounds() < MOST_ROUNDS && !stop.getAsBoolean()) {
            long elapsed = System.nanoTime() - start;
            if (elapsed > budget && turns.rounds() >= FEWEST_ROUNDS) {
                break;
            }
            progress.at((int) Math.min(99, 100 * elapsed / Math.max(1, budget)), 100, "timing");
            Collections.shuffle(order, random);
            double[] round = new double[runners.size()];
            for (int runner : order) {
                long[] times = runners.get(runner).time(runs);
                Arrays.stream(times).forEach(turns.nanos.get(runner)::add);
                // Of the runs of one turn a pause of the machine strikes one.
                round[runner] = median(Arrays.stream(times).asDoubleStream().toArray());
            }
            turns.rounds.add(round);
        }
        progress.at(1, 1, "timing");
        return turns;
    }

    /// Runs all of them until they are warm.
    ///
    /// @return how many runs make a turn that is long enough to be measured well
    private static int warmUp(List<? extends Runner> runners) throws ModelRunException {
        long start = System.nanoTime();
        long fastest = Long.MAX_VALUE;
        do {
            for (Runner runner : runners) {
                fastest = Math.min(fastest, runner.time(1)[0]);
            }
        } while (System.nanoTime() - start < WARM_UP_NANOS);
        return Math.clamp(TURN_NANOS / Math.max(1, fastest), 1, 1000);
    }

    /// How often each had its turn.
    public int rounds() {
        return rounds.size();
    }

    /// All runs of one of them.
    public Times times(int runner) {
        return Times.of(nanos.get(runner));
    }

    /// How many times as fast the second is: the median over the rounds.
    public double speedup(int first, int second) {
        return median(ratios(first, second));
    }

    /// Where that median may be, at 95 %.
    public Interval interval(int first, int second, Bootstrap bootstrap) {
        double[] ratios = ratios(first, second);
        return bootstrap.interval(
                ratios.length,
                rows -> median(
                        Arrays.stream(rows).mapToDouble(row -> ratios[row]).toArray()),
                LEVEL);
    }

    private double[] ratios(int first, int second) {
        return rounds.stream().mapToDouble(r -> r[first] / r[second]).toArray();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : Interval.quantile(sorted, 0.5);
    }
}
