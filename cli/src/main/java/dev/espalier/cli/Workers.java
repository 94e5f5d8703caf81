package dev.espalier.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import picocli.CommandLine.Option;

/// How many threads work. The result is the same for any number.
final class Workers {
    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "How many threads work (default: all processors). The result is the same for any number.")
    private int threads = Runtime.getRuntime().availableProcessors();

    /// That many.
    int count() {
        return Math.clamp(threads, 1, 256);
    }

    /// Runs the work; its parallel streams use these threads.
    <T> T run(Callable<T> work) throws Exception {
        try (ForkJoinPool pool = new ForkJoinPool(count())) {
            return pool.submit(work).get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                // A pool hands on a copy of what its thread threw, with the original as the cause.
                case Exception copy
                when copy.getCause() instanceof Exception original && original.getClass() == copy.getClass() ->
                    throw original;
                case Exception cause -> throw cause;
                case Error error -> throw error;
                case null, default -> throw e;
            }
        }
    }
}
