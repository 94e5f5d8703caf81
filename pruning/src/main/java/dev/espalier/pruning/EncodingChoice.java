package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Encoded;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.PackedEncoding;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.SparseEncoding;
import dev.espalier.sparse.SparseEncodings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// Chooses the form that a tensor with zeros is stored in: a given one, or with `auto` the one that takes the fewest
/// bytes of the file.
///
/// @param among those to choose from; where none can be taken, the tensor is stored dense
public record EncodingChoice(List<SparseEncoding> among) {
    /// What was chosen.
    ///
    /// @param constant the form
    /// @param encoding its name
    /// @param note why an encoding that was asked for was not taken
    public record Chosen(Constant constant, SparseEncoding encoding, Optional<String> note) {}

    private record Candidate(SparseEncoding encoding, Constant constant, long size) {}

    /// The smallest.
    public static final EncodingChoice AUTO = new EncodingChoice(SparseEncodings.ALL);

    /// The smallest of those that runtimes load about as fast as a dense one.
    public static final EncodingChoice FASTEST_LOAD =
            new EncodingChoice(List.of(SparseEncodings.DENSE, SparseEncodings.COO));

    /// IR version 6 brought sparse tensors, opset 11 the attribute `sparse_value` of Constant.
    private static final long SPARSE_IR_VERSION = 6;

    /// Before IR version 4 every initializer is a graph input, which the parts of a packed weight cannot be.
    private static final long PACKED_IR_VERSION = 4;

    private static final long SPARSE_CONSTANT_OPSET = 11;

    /// ONNX Runtime refuses a sparse tensor that would be larger when it is dense.
    private static final long MOST_DENSE_BYTES = Integer.MAX_VALUE;

    /// Names, nodes and messages around elements and positions take no more than this, and so many times the name.
    private static final long MOST_FRAMING = 4096;

    private static final int MOST_NAMES = 64;

    public EncodingChoice {
        among = List.copyOf(among);
    }

    /// Reads `auto` or the name of an encoding.
    ///
    /// @throws IllegalArgumentException if there is none of that name
    public static EncodingChoice parse(String name) {
        if (name.equals("auto")) {
            return AUTO;
        }
        return new EncodingChoice(List.of(SparseEncodings.named(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + name + "' is not an encoding: there are auto, " + SparseEncodings.names()))));
    }

    /// The same, or dense where that is smaller.
    EncodingChoice orDense() {
        return among.contains(SparseEncodings.DENSE)
                ? this
                : new EncodingChoice(Stream.concat(Stream.of(SparseEncodings.DENSE), among.stream())
                        .toList());
    }

    /// Gives a model the first IR version that has these encodings if it is older.
    ///
    /// @return the old version if it was raised
    static OptionalLong raiseIrVersion(Model model, List<SparseEncoding> chosen) {
        long old = model.irVersion();
        long needed =
                chosen.stream().mapToLong(EncodingChoice::firstIrVersion).max().orElse(0);
        if (old >= needed) {
            return OptionalLong.empty();
        }
        model.setIrVersion(needed);
        return OptionalLong.of(old);
    }

    private static long firstIrVersion(SparseEncoding encoding) {
        if (encoding instanceof PackedEncoding) {
            return PACKED_IR_VERSION;
        }
        return encoding.equals(SparseEncodings.COO) ? SPARSE_IR_VERSION : 0;
    }

    /// The form for a weight of which those elements stay that the mask keeps.
    Chosen choose(Model model, Weight weight, DenseTensor elements, Mask nonZeros) {
        return choose(model, weight.value(), weight.quantization(), elements, nonZeros);
    }

    /// The same for any constant.
    Chosen choose(Model model, Value value, Quantization quantization, DenseTensor elements, Mask nonZeros) {
        List<SparseEncoding> possible = new ArrayList<>();
        Optional<String> refusal = Optional.empty();
        for (SparseEncoding encoding : among) {
            Optional<String> no = refusal(model, value, encoding, elements, quantization);
            if (no.isEmpty()) {
                possible.add(encoding);
            }
            refusal = refusal.or(() -> no);
        }
        if (possible.isEmpty()) {
            possible.add(SparseEncodings.DENSE);
        }
        Candidate best = smallest(value, quantization, elements, nonZeros, possible);
        return new Chosen(best.constant, best.encoding, refusal);
    }

    /// By the bytes of elements and positions where that is clear, otherwise by all that goes into the file.
    private static Candidate smallest(
            Value value,
            Quantization quantization,
            DenseTensor elements,
            Mask nonZeros,
            List<SparseEncoding> possible) {
        List<Long> estimates = possible.stream()
                .map(encoding -> encoding.encodedSize(elements, nonZeros))
                .toList();
        long limit = Collections.min(estimates)
                + MOST_FRAMING
                + (long) MOST_NAMES * value.name().length();
        Constant old = value.constant().orElseThrow();
        // In typed fields a zero may take less than its width, which only measuring tells.
        boolean isTyped = old instanceof Constant.Dense inline && inline.isTyped();
        List<Candidate> close = new ArrayList<>();
        for (int i = 0; i < possible.size(); i++) {
            SparseEncoding encoding = possible.get(i);
            boolean isDense = encoding.equals(SparseEncodings.DENSE);
            if (estimates.get(i) <= limit || (isDense && isTyped)) {
                Encoded encoded = encoding.encode(elements, nonZeros, quantization);
                Constant constant = isDense ? old.withElements(encoded.decode()) : Constant.of(encoded);
                close.add(new Candidate(encoding, constant, estimates.get(i)));
            }
        }
        return close.size() == 1
                ? close.getFirst()
                : close.stream()
                        .map(c -> new Candidate(c.encoding, c.constant, sizeInFile(value, c)))
                        .min(Comparator.comparingLong(Candidate::size))
                        .orElseThrow();
    }

    /// The manifest names the encoding, too.
    private static long sizeInFile(Value value, Candidate candidate) {
        return value.storedSize(candidate.constant) + candidate.encoding.name().length();
    }

    private Optional<String> refusal(
            Model model, Value value, SparseEncoding encoding, DenseTensor elements, Quantization quantization) {
        if (encoding.equals(SparseEncodings.DENSE)) {
            return Optional.empty();
        }
        if (value.isInput()) {
            return Optional.of("it is also a graph input, which callers may set (--drop-initializer-inputs)");
        }
        if (value.isOutput()) {
            return Optional.of("it is an output of its graph");
        }
        boolean isAsked = among.size() == 1;
        if (!isAsked && elements.data().byteSize() > MOST_DENSE_BYTES) {
            return Optional.of("ONNX Runtime refuses tensors of more than 2 GiB in a sparse form");
        }
        long opset = model.opset(value.graph(), "");
        if (encoding instanceof PackedEncoding packed) {
            if (value.graph().isFunction()) {
                return Optional.of("it is in a function, which has no place for the parts of " + packed.name());
            }
            long first = packed.firstOpset(elements.type());
            if (opset < first && first < Integer.MAX_VALUE) {
                return Optional.of(packed.name() + " of " + elements.type() + " needs operators of opset " + first
                        + ", the model is of " + opset);
            }
        } else if (value.producer().isPresent() && opset < SPARSE_CONSTANT_OPSET) {
            return Optional.of("Constant nodes hold sparse tensors from opset " + SPARSE_CONSTANT_OPSET + " on only");
        }
        return encoding.refusal(elements, quantization);
    }
}
