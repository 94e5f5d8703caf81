package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseData;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Encoded;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.PackedEncoding;
import dev.espalier.sparse.Rounded;
import dev.espalier.sparse.SparseEncoding;
import dev.espalier.sparse.SparseEncodings;
import dev.espalier.sparse.ValueForm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Chooses the form that a tensor with zeros is stored in: a given one, or with `auto` the one that takes the fewest
/// bytes of the file.
///
/// @param among those to choose from; where none can be taken, the tensor is stored dense
/// @param values narrower numbers to round the values of packed tensors to; none to keep every bit
public record EncodingChoice(List<SparseEncoding> among, Optional<ValueForm> values) {
    /// What was chosen.
    ///
    /// @param constant the form
    /// @param encoding its name
    /// @param rounded the values as they are now, if they were rounded
    /// @param exactBecause why they were not, if they were to be
    /// @param note why an encoding that was asked for was not taken
    public record Chosen(
            Constant constant,
            SparseEncoding encoding,
            Optional<Rounded> rounded,
            Optional<String> exactBecause,
            Optional<String> note) {
        /// Which elements are not zero, given those that were to be stored.
        Mask nonZeros(Mask asked) {
            return rounded.map(Rounded::nonZeros).orElse(asked);
        }
    }

    private record Candidate(SparseEncoding encoding, Constant constant, long size) {}

    /// The smallest.
    public static final EncodingChoice AUTO = new EncodingChoice(SparseEncodings.ALL, Optional.empty());

    /// The smallest of those that runtimes load about as fast as a dense one.
    public static final EncodingChoice FASTEST_LOAD =
            new EncodingChoice(List.of(SparseEncodings.DENSE, SparseEncodings.COO), Optional.empty());

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
        return new EncodingChoice(
                List.of(SparseEncodings.named(name)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "'" + name + "' is not an encoding: there are auto, " + SparseEncodings.names()))),
                Optional.empty());
    }

    /// The same with the values of packed tensors rounded.
    ///
    /// @throws IllegalArgumentException if none of them is packed
    public EncodingChoice rounding(ValueForm form) {
        if (among.stream().noneMatch(PackedEncoding.class::isInstance)) {
            throw new IllegalArgumentException("values of " + form + " need an encoding that nodes decode: auto, "
                    + SparseEncodings.PACKED.stream().map(SparseEncoding::name).collect(Collectors.joining(", ")));
        }
        return new EncodingChoice(among, Optional.of(form));
    }

    /// The same without the forms that a runtime makes dense when it loads them, and dense where that is smaller.
    ///
    /// @throws IllegalArgumentException if none of them is packed
    public EncodingChoice inMemory() {
        List<SparseEncoding> packed =
                among.stream().filter(PackedEncoding.class::isInstance).toList();
        if (packed.isEmpty()) {
            throw new IllegalArgumentException("only what nodes decode can stay packed in memory: auto, "
                    + SparseEncodings.PACKED.stream().map(SparseEncoding::name).collect(Collectors.joining(", ")));
        }
        return new EncodingChoice(packed, values).orDense();
    }

    /// The same, or dense where that is smaller.
    EncodingChoice orDense() {
        return among.contains(SparseEncodings.DENSE)
                ? this
                : new EncodingChoice(
                        Stream.concat(Stream.of(SparseEncodings.DENSE), among.stream())
                                .toList(),
                        values);
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

    /// The form for a weight or any other constant.
    Chosen choose(Model model, TensorContents asked) {
        TensorContents contents = asked.asStored();
        if (values.isPresent()) {
            Rounded.Result result = contents.rounded(values.get());
            if (result.rounded().isPresent()) {
                return chooseRounded(model, contents, result.rounded().get());
            }
            Chosen exact = choose(model, contents, among);
            return new Chosen(
                    exact.constant, exact.encoding, Optional.empty(), Optional.of(result.reason()), exact.note);
        }
        return choose(model, contents, among);
    }

    /// Where the rounded form is no smaller than one with every bit, it is not taken.
    private Chosen chooseRounded(Model model, TensorContents contents, Rounded rounded) {
        List<SparseEncoding> narrow = among.stream()
                .filter(PackedEncoding.class::isInstance)
                .map(encoding -> (SparseEncoding) ((PackedEncoding) encoding).of(rounded))
                .toList();
        Chosen best = choose(model, contents.with(rounded), narrow);
        List<SparseEncoding> exact = among.stream()
                .filter(encoding -> !(encoding instanceof PackedEncoding))
                .toList();
        boolean isRounded = best.encoding instanceof PackedEncoding;
        if (isRounded && exact.isEmpty()) {
            return new Chosen(best.constant, best.encoding, Optional.of(rounded), Optional.empty(), best.note);
        }
        Chosen other = choose(model, contents, exact);
        boolean isSmaller = isRounded
                && contents.value().storedSize(best.constant) < contents.value().storedSize(other.constant);
        return isSmaller
                ? new Chosen(
                        best.constant,
                        best.encoding,
                        Optional.of(rounded),
                        Optional.empty(),
                        best.note.or(() -> other.note))
                : new Chosen(
                        other.constant,
                        other.encoding,
                        Optional.empty(),
                        Optional.of("no smaller than with every bit"),
                        other.note.or(() -> best.note));
    }

    private Chosen choose(Model model, TensorContents contents, List<SparseEncoding> from) {
        List<StoredForm> possible = new ArrayList<>();
        Optional<String> refusal = Optional.empty();
        for (SparseEncoding encoding : from) {
            Optional<String> no = refusal(model, contents, encoding);
            if (no.isEmpty()) {
                StoredForm form = contents.in(encoding);
                no = encoding.equals(SparseEncodings.DENSE) ? no : form.refusal();
                if (no.isEmpty()) {
                    possible.add(form);
                }
            }
            Optional<String> told = no.filter(reason -> isToldOf(encoding));
            refusal = refusal.or(() -> told);
        }
        if (possible.isEmpty()) {
            possible.add(contents.in(SparseEncodings.DENSE));
        }
        Candidate best = smallest(contents, possible);
        Optional<String> note = best.encoding.equals(SparseEncodings.DENSE) ? refusal : Optional.empty();
        return new Chosen(best.constant, best.encoding, Optional.empty(), Optional.empty(), note);
    }

    /// Whether it is worth a word that an encoding cannot be taken: not of one for patterns, where others were asked
    /// for
    /// too.
    private boolean isToldOf(SparseEncoding encoding) {
        boolean isForPatterns = encoding.name().startsWith(SparseEncodings.NOFM.name())
                || encoding.name().startsWith(SparseEncodings.BLOCKS.name());
        return !isForPatterns || among.size() == 1;
    }

    /// By the bytes of elements and positions where that is clear, otherwise by all that goes into the file.
    private static Candidate smallest(TensorContents contents, List<StoredForm> possible) {
        Value value = contents.value();
        List<Long> estimates = possible.stream().map(StoredForm::size).toList();
        long limit = Collections.min(estimates)
                + MOST_FRAMING
                + (long) MOST_NAMES * value.name().length();
        Constant old = value.constant().orElseThrow();
        // In typed fields a zero may take less than its width, which only measuring tells.
        boolean isTyped = old instanceof Constant.Dense inline && inline.isTyped();
        List<Candidate> close = new ArrayList<>();
        for (int i = 0; i < possible.size(); i++) {
            SparseEncoding encoding = possible.get(i).encoding();
            boolean isDense = encoding.equals(SparseEncodings.DENSE);
            if (estimates.get(i) <= limit || (isDense && isTyped)) {
                Encoded encoded = possible.get(i).encode();
                Constant constant = isDense
                        ? old.withElements(
                                contents.isStored()
                                        ? (DenseData) encoded
                                        : contents.layout().write(encoded.decode(), old))
                        : Constant.of(encoded);
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

    /// Whatever its zeros are.
    private Optional<String> refusal(Model model, TensorContents contents, SparseEncoding encoding) {
        Value value = contents.value();
        DenseTensor elements = contents.elements();
        if (encoding.equals(SparseEncodings.DENSE)) {
            return Optional.empty();
        }
        if (!contents.isStored()) {
            return Optional.of("its elements share bytes, and its zero point differs from block to block");
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
        return Optional.empty();
    }
}
