package dev.espalier.sparse;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The encodings, in the order in which they are preferred where sizes are equal.
public final class SparseEncodings {
    /// Every element stored: what a file has before anything is done to it.
    public static final SparseEncoding DENSE = new DenseEncoding();

    /// ONNX's own sparse form.
    public static final SparseEncoding COO = new CooEncoding();

    /// Bytes for distances: the smallest where more than seven in eight elements are zero.
    public static final PackedEncoding GAP = new GapEncoding();

    /// A bit for each element: the smallest below that.
    public static final PackedEncoding BITMAP = new BitmapEncoding();

    /// A number for the places in each group: the smallest for most N:M patterns.
    public static final PackedEncoding NOFM = new NofMEncoding();

    /// A bit for each block: the smallest for block patterns.
    public static final PackedEncoding BLOCKS = new BlockEncoding();

    /// Those that operators decode.
    public static final List<PackedEncoding> PACKED = List.of(GAP, BITMAP, NOFM, BLOCKS);

    /// The same, and each with narrower values, in the order in which a file is searched for them.
    public static final List<PackedEncoding> READABLE = Stream.concat(
                    PACKED.stream(),
                    Arrays.stream(ValueForm.values())
                            .flatMap(form -> PACKED.stream()
                                    .map(base -> (PackedEncoding) new NarrowEncoding(base, form, Optional.empty()))))
            .toList();

    /// To add one, write its class and add it here, or above if operators decode it.
    public static final List<SparseEncoding> ALL =
            Stream.concat(Stream.of(DENSE, COO), PACKED.stream()).toList();

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
