package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Grid;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Rounded;
import dev.espalier.sparse.SparseEncoding;
import dev.espalier.sparse.SparseEncodings;
import dev.espalier.sparse.SparsityPattern;
import dev.espalier.sparse.Unstructured;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Stores the zeros of a model in another form and changes nothing else: every element comes out bit for bit.
///
/// What is stored sparse already, or is promised to have zeros by the manifest, takes the form that is asked for; other
/// weights take it where it is smaller than what they have.
public final class Exporter {
    /// What happened to one tensor.
    ///
    /// @param value the tensor
    /// @param elements how many it has
    /// @param zeros how many of them are zero
    /// @param before how it was stored
    /// @param encoding how it is stored
    /// @param bytesBefore what it took of the model's files
    /// @param bytes what it takes
    /// @param rounding what rounding changed of the values; none if every bit was kept
    /// @param exactBecause why they were not rounded, if they were to be
    /// @param repaired what was wrong with how it was stored, a clause each
    /// @param note why it is not stored in the form that was asked for
    public record Tensor(
            Value value,
            long elements,
            long zeros,
            String before,
            SparseEncoding encoding,
            long bytesBefore,
            long bytes,
            Optional<Rounded.Loss> rounding,
            Optional<String> exactBecause,
            List<String> repaired,
            Optional<String> note) {}

    /// What happened to the model.
    ///
    /// @param tensors those that have zeros and were looked at
    /// @param raisedIrVersion the file format's old version if it had to be raised for the encodings
    public record Result(List<Tensor> tensors, OptionalLong raisedIrVersion) {
        public Result {
            tensors = List.copyOf(tensors);
        }
    }

    private record Candidate(Value value, ElementLayout layout, Quantization quantization) {}

    private record Stored(Tensor tensor, Optional<Constant> constant, Manifest.Entry entry) {}

    private final Model model;
    private final EncodingChoice encodings;
    private final Manifest manifest;
    private final Map<String, Manifest.Entry> promised;
    private final Map<Value, Grid> channels = new HashMap<>();

    private Exporter(Model model, EncodingChoice encodings) {
        this.model = model;
        this.encodings = encodings;
        this.manifest = Manifest.of(model);
        this.promised = manifest.tensors().stream()
                .collect(Collectors.toMap(Manifest.Entry::name, Function.identity(), (first, second) -> second));
    }

    /// Changes the model.
    ///
    /// @throws PruningException if there is nothing that has zeros
    public static Result apply(Model model, EncodingChoice encodings, Progress progress) {
        return new Exporter(model, encodings).apply(progress);
    }

    private Result apply(Progress progress) {
        List<Candidate> candidates = candidates();
        progress.at(0, candidates.size(), "");
        List<Stored> stored = candidates.parallelStream()
                .map(this::store)
                .flatMap(Optional::stream)
                .toList();
        if (stored.isEmpty()) {
            throw new PruningException(
                    "this model has no zeros to store in another form",
                    "",
                    "`espalier prune` makes zeros; `espalier inspect` shows where they are");
        }
        GraphPatch patch = GraphPatch.labelled("export");
        stored.forEach(s -> s.constant.ifPresent(constant -> patch.replaceConstant(s.tensor.value, constant)));
        patch.apply();
        OptionalLong raised = EncodingChoice.raiseIrVersion(
                model, stored.stream().map(s -> s.tensor.encoding).toList());
        manifest.with(stored.stream()
                        .filter(s -> promised.containsKey(s.tensor.value.path()) || isSparse(s.tensor.encoding))
                        .map(Stored::entry)
                        .toList())
                .writeTo(model);
        progress.at(candidates.size(), candidates.size(), "");
        return new Result(stored.stream().map(Stored::tensor).toList(), raised);
    }

    /// Every weight, and everything else that is stored sparse or promised to have zeros.
    private List<Candidate> candidates() {
        Evidence evidence = Evidence.of(model);
        Set<Value> weights = new HashSet<>();
        for (Weight weight : evidence.weights().weights()) {
            weights.add(weight.value());
            channels.put(weight.value(), WeightLayout.channelsOf(weight));
        }
        List<Candidate> candidates = new ArrayList<>();
        for (Value value : evidence.constants()) {
            if (weights.contains(value) || isMeant(value)) {
                candidates.add(new Candidate(
                        value,
                        evidence.layout(value),
                        evidence.quantization(value).orElse(Quantization.NONE)));
            }
        }
        return candidates;
    }

    private boolean isMeant(Value value) {
        Constant constant = value.constant().orElseThrow();
        return constant.type().isCountable() && (constant.isSparse() || promised.containsKey(value.path()));
    }

    private Optional<Stored> store(Candidate candidate) {
        Value value = candidate.value;
        Quantization quantization = candidate.quantization;
        Constant old = value.constant().orElseThrow();
        DenseTensor elements = candidate.layout.read(old.decode());
        Mask nonZeros = Mask.ofNonZeros(elements, quantization);
        if (!isMeant(value) && nonZeros.zeroCount() == 0) {
            return Optional.empty();
        }
        EncodingChoice choice = isMeant(value) ? encodings : encodings.orDense();
        // A negative zero is a zero, but not one that may be left out.
        Mask present = Mask.ofBitsOtherThanZero(elements, quantization);
        SparsityPattern pattern = Optional.ofNullable(promised.get(value.path()))
                .flatMap(Manifest.Entry::followed)
                .filter(known -> known.fits(elements.shape()))
                .orElseGet(Unstructured::new);
        EncodingChoice.Chosen chosen = choice.choose(
                model,
                new TensorContents(
                        value,
                        candidate.layout,
                        quantization,
                        elements,
                        present,
                        pattern,
                        channels.getOrDefault(value, WeightLayout.firstAxisOf(elements.shape()))));
        boolean isSame = chosen.constant().storage().equals(old.storage())
                && old.isSparse()
                && old.defects().isEmpty();
        boolean isKept = isSame || (!old.isSparse() && !chosen.constant().isSparse());
        Optional<Constant> constant = isKept ? Optional.empty() : Optional.of(chosen.constant());
        Mask left = isKept ? nonZeros : chosen.nonZeros(nonZeros);
        Tensor tensor = new Tensor(
                value,
                elements.elementCount(),
                left.zeroCount(),
                old.storage(),
                chosen.encoding(),
                value.storedSize(),
                constant.map(value::storedSize).orElseGet(value::storedSize),
                isKept ? Optional.empty() : chosen.rounded().map(Rounded::loss),
                chosen.exactBecause(),
                old.defects(),
                chosen.note());
        Manifest.Entry entry = Manifest.Entry.of(value, elements.type(), left, chosen.encoding(), tensor.bytes());
        Manifest.Entry before = promised.get(value.path());
        // Rounding may make more zeros, which break no N:M pattern but are exceptions to blocks.
        if (before != null && before.digest().equals(nonZeros.digest())) {
            entry = entry.following(pattern, left);
        }
        return Optional.of(new Stored(tensor, constant, entry));
    }

    private static boolean isSparse(SparseEncoding encoding) {
        return !encoding.equals(SparseEncodings.DENSE);
    }
}
