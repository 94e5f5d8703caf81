package dev.espalier.run.validate;

/// A figure beside the metric, `top-5` for instance.
public record Figure(String name, double value) {}
