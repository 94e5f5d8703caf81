package dev.espalier.sparse;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The encodings, in the order in which they are preferred where sizes are equal.
public final class SparseEncodings {
    /// Every element stored: what a file has before anything is done to it.
    public static final SparseEncoding DENSE = new DenseEncoding();

    /// ONNX's own sparse form.
    public static final SparseEncoding COO = new CooEncoding();

    /// To add one, write its class and add it here.
    public static final List<SparseEncoding> ALL = List.of(DENSE, COO);

    private SparseEncodings() {}

    /// The encoding of that name.
    public static Optional<SparseEncoding> named(String name) {
        return ALL.stream().filter(encoding -> encoding.name().equals(name)).findFirst();
    }

    /// The names, for messages: `dense, coo`.
    public static String names() {
        return ALL.stream().map(SparseEncoding::name).collect(Collectors.joining(", "));
    }
}
