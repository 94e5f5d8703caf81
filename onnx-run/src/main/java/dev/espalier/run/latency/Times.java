package dev.espalier.run.latency;

import dev.espalier.run.stats.Interval;
import java.util.List;
import java.util.stream.IntStream;

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
