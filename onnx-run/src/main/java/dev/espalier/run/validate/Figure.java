package dev.espalier.run.validate;

/// A metric's value.
public record Figure(String name, double value) {}
