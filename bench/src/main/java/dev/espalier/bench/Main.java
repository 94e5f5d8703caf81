package dev.espalier.bench;

import java.io.PrintStream;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/// Runs the kernels and prints each as a multiple of the memory copy of the same run.
public final class Main {
    private static final String MEASURE = "copyMemory";

    private record Kernel(String name, double milliseconds) {
        /// The median: on a shared machine a single slow iteration says nothing about the kernel.
        static Kernel of(RunResult result) {
            StringBuilder name = new StringBuilder(result.getPrimaryResult().getLabel());
            BenchmarkParams parameters = result.getParams();
            parameters.getParamsKeys().forEach(key -> name.append(' ').append(parameters.getParam(key)));
            return new Kernel(
                    name.toString(), result.getPrimaryResult().getStatistics().getPercentile(50));
        }
    }

    private Main() {}

    /// @param args JMH's options; the copy joins the benchmarks that are named among them
    public static void main(String[] args) throws CommandLineOptionException, RunnerException {
        CommandLineOptions given = new CommandLineOptions(args);
        OptionsBuilder options = new OptionsBuilder();
        options.parent(given);
        if (!given.getIncludes().isEmpty()) {
            given.getIncludes().forEach(options::include);
            options.include(MEASURE);
        }
        print(new Runner(options.build()).run(), System.out);
    }

    private static void print(Collection<RunResult> results, PrintStream out) {
        List<Kernel> kernels = results.stream()
                .map(Kernel::of)
                .sorted(Comparator.comparingDouble(Kernel::milliseconds))
                .toList();
        double copy = kernels.stream()
                .filter(kernel -> kernel.name.equals(MEASURE))
                .mapToDouble(Kernel::milliseconds)
                .findFirst()
                .orElse(Double.NaN);
        out.printf(Locale.ROOT, "%n%-26s %9s %8s%n", "kernel", "ms", "x copy");
        for (Kernel kernel : kernels) {
            out.printf(
                    Locale.ROOT, "%-26s %9.1f %8.1f%n", kernel.name, kernel.milliseconds, kernel.milliseconds / copy);
        }
    }
}
