package dev.espalier.run.validate;

import java.util.List;

/// The names of the probes, in the order in which they are carried out and reported.
public final class Probes {
    /// All of them.
    public static final List<String> ALL = List.of("accuracy", "segments", "edge", "latency", "memory", "a/b");

    private Probes() {}
}
