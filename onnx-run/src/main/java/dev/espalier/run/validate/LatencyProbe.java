package dev.espalier.run.validate;

import dev.espalier.pruning.Progress;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.OrtModel;
import dev.espalier.run.stats.Bootstrap;
import dev.espalier.run.stats.Interval;
import dev.espalier.sparse.DenseTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/// How fast the pruned model is on this machine. Both models, and the original a second time, take turns in a random
/// order, so that whatever else the machine does strikes all alike; the original against itself says what is noise.
public final class LatencyProbe {
    private static final int FEWEST_ROUNDS = 30;
    private static final int MOST_ROUNDS = 2000;
    private static final long TURN_NANOS = 1_000_000;
    private static final long WARM_UP_NANOS = 300_000_000;

    private LatencyProbe() {}

    /// What is measured, and how.
    ///
    /// @param minSpeedup how many times as fast the pruned model must be; 1 for not slower
    /// @param threads that work on one run
    /// @param batch rows of one run
    /// @param seconds how long to measure
    public record Settings(double minSpeedup, int threads, int batch, double seconds) {}

    /// The time of single runs, in milliseconds.
    ///
    /// @param percentiles from 0, the shortest, to 100, the longest
    public record Times(double p50, double p90, double p99, List<Double> percentiles) {
        static Times of(List<Long> nanos) {
            double[] sorted = nanos.stream().mapToDouble(n -> n / 1e6).sorted().toArray();
            return new Times(
                    Interval.quantile(sorted, 0.5),
                    Interval.quantile(sorted, 0.9),
                    Interval.quantile(sorted, 0.99),
                    IntStream.rangeClosed(0, 100)
                            .mapToObj(p -> Interval.quantile(sorted, p / 100.0))
                            .toList());
        }
    }

    /// What it found.
    ///
    /// @param speedup original's time over the pruned model's: the median over the rounds
    /// @param interval of the speed-up, at 95 %
    /// @param noise interval of the original's speed-up over itself
    public record Result(
            Answer answer,
            String reason,
            Times original,
            Times pruned,
            double speedup,
            Interval interval,
            Interval noise,
            Settings settings,
            int batch,
            int rounds)
            implements ProbeResult {
        @Override
        public String probe() {
            return "latency";
        }
    }

    /// Measures.
    ///
    /// @param models the original, the pruned model, the original again
    /// @param inputs of one run
    /// @param batch how many rows they have, which the model may have fixed
    /// @param stop asked after each round whether to end early
    static Result of(
            List<OrtModel> models,
            Map<String, DenseTensor> inputs,
            int batch,
            Settings settings,
            Bootstrap bootstrap,
            Progress progress,
            BooleanSupplier stop)
            throws ModelRunException {
        int runs = warmUp(models, inputs);
        List<List<Long>> nanos = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        List<double[]> rounds = new ArrayList<>();
        List<Integer> order = new ArrayList<>(List.of(0, 1, 2));
        Random random = new Random(bootstrap.seed());
        long start = System.nanoTime();
        long budget = (long) (settings.seconds() * 1e9);
        while (rounds.size() < MOST_ROUNDS && !stop.getAsBoolean()) {
            long elapsed = System.nanoTime() - start;
            if (elapsed > budget && rounds.size() >= FEWEST_ROUNDS) {
                break;
            }
            progress.at((int) Math.min(99, 100 * elapsed / Math.max(1, budget)), 100, "timing");
            Collections.shuffle(order, random);
            double[] round = new double[models.size()];
            for (int model : order) {
                long[] times = models.get(model).time(inputs, runs);
                Arrays.stream(times).forEach(nanos.get(model)::add);
                round[model] = Arrays.stream(times).average().orElseThrow();
            }
            rounds.add(round);
        }
        progress.at(1, 1, "timing");
        return result(nanos, rounds, batch, settings, bootstrap);
    }

    /// Runs all of them until they are warm.
    ///
    /// @return how many runs make a turn that is long enough to be measured well
    private static int warmUp(List<OrtModel> models, Map<String, DenseTensor> inputs) throws ModelRunException {
        long start = System.nanoTime();
        long fastest = Long.MAX_VALUE;
        do {
            for (OrtModel model : models) {
                fastest = Math.min(fastest, model.time(inputs, 1)[0]);
            }
        } while (System.nanoTime() - start < WARM_UP_NANOS);
        return Math.clamp(TURN_NANOS / Math.max(1, fastest), 1, 1000);
    }

    private static Result result(
            List<List<Long>> nanos, List<double[]> rounds, int batch, Settings settings, Bootstrap bootstrap) {
        double[] ratios = rounds.stream().mapToDouble(r -> r[0] / r[1]).toArray();
        double[] self = rounds.stream().mapToDouble(r -> r[0] / r[2]).toArray();
        Interval interval = medianInterval(ratios, bootstrap);
        Interval noise = medianInterval(self, bootstrap);
        double floor = Math.max(0.01, Math.max(Math.abs(noise.low() - 1), Math.abs(noise.high() - 1)));
        double bound = settings.minSpeedup() * (1 - floor);
        Answer answer = rounds.size() < FEWEST_ROUNDS
                ? Answer.CANNOT_TELL
                : Answer.within(-interval.high(), -interval.low(), -bound);
        String reason = String.format(
                Locale.ROOT,
                "%.3f times as fast (95 %%: %.3f to %.3f), wanted is %s; the original against itself differs by %.1f %%",
                median(ratios),
                interval.low(),
                interval.high(),
                Double.toString(settings.minSpeedup()).replaceFirst("\\.0$", ""),
                100 * floor);
        return new Result(
                answer,
                reason,
                Times.of(nanos.get(0)),
                Times.of(nanos.get(1)),
                median(ratios),
                interval,
                noise,
                settings,
                batch,
                rounds.size());
    }

    private static Interval medianInterval(double[] values, Bootstrap bootstrap) {
        return bootstrap.interval(
                values.length,
                rows -> median(
                        Arrays.stream(rows).mapToDouble(row -> values[row]).toArray()),
                AccuracyProbe.LEVEL);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : Interval.quantile(sorted, 0.5);
    }
}
