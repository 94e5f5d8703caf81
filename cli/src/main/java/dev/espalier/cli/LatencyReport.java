package dev.espalier.cli;

import dev.espalier.run.latency.Speedup;
import dev.espalier.run.validate.Latency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How long models take.
///
/// @param verdict faster, slower or no measurable difference, for the second model; null for one model
/// @param speedup of the second model over the first; null for one model
/// @param noise by which share the first model may differ from itself
record LatencyReport(
        int schemaVersion,
        List<Latency.Measured> models,
        @Nullable String verdict,
        @Nullable Speedup speedup,
        double noise,
        int threads,
        int rounds) {
    static LatencyReport of(Latency latency) {
        Speedup speedup = latency.speedup();
        return new LatencyReport(
                JsonReport.SCHEMA_VERSION,
                latency.models(),
                speedup == null ? null : speedup.verdict().toString(),
                speedup,
                latency.noise(),
                latency.settings().threads(),
                latency.rounds());
    }

    void print(Console console) {
        console.out()
                .println(new TextTable<Latency.Measured>()
                        .name("one run, ms", Latency.Measured::file)
                        .number("median", m -> ValidateText.shortest(m.times().p50()))
                        .number("p90", m -> ValidateText.shortest(m.times().p90()))
                        .number("p99", m -> ValidateText.shortest(m.times().p99()))
                        .number(
                                "fastest",
                                m -> ValidateText.shortest(
                                        m.times().percentiles().getFirst()))
                        .render(models, console.columns()));
        console.out().println();
        if (speedup != null) {
            console.out().println(comparison(speedup));
        }
        console.out()
                .printf(
                        Locale.ROOT,
                        "%s rounds, %d %s; %s differs from itself by up to %.1f %%%n",
                        Figures.count(rounds),
                        threads,
                        threads == 1 ? "thread" : "threads",
                        models.getFirst().file(),
                        100 * noise);
        console.out().println("random inputs: " + shapes(models.getFirst().inputs()));
    }

    private String comparison(Speedup found) {
        String file = models.getLast().file();
        double median = found.median();
        return switch (found.verdict()) {
            case FASTER ->
                file + " is "
                        + times(
                                "faster: %.2f times as fast",
                                median, found.interval().low(), found.interval().high());
            case SLOWER ->
                file + " is "
                        + times(
                                "SLOWER: it takes %.2f times as long",
                                1 / median,
                                1 / found.interval().high(),
                                1 / found.interval().low());
            case NO_MEASURABLE_DIFFERENCE ->
                "no measurable difference: "
                        + times(
                                "%.3f times as fast",
                                median, found.interval().low(), found.interval().high());
        };
    }

    private static String times(String form, double median, double low, double high) {
        return String.format(Locale.ROOT, form + " (95 %%: %.3f to %.3f)", median, low, high);
    }

    private static String shapes(Map<String, List<Long>> inputs) {
        return inputs.entrySet().stream()
                .map(input -> input.getKey() + " "
                        + input.getValue().stream().map(String::valueOf).collect(Collectors.joining("x")))
                .collect(Collectors.joining(", "));
    }
}
