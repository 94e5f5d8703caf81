package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What the checks look at: the file, and what it is held against.
public final class Evidence {
    private final Model model;
    private final ModelWeights weights;
    private final Optional<Manifest> manifest;
    private final Optional<ChannelManifest> channels;
    private final Optional<Sparsity> expected;
    private final Optional<Model> reference;
    private final Map<String, Value> constants = new LinkedHashMap<>();
    private final Map<String, Weight> weightsByPath = new LinkedHashMap<>();

    private Evidence(Model model, Optional<Sparsity> expected, Optional<Model> reference) {
        this.model = model;
        this.weights = WeightSearch.in(model);
        this.manifest = Manifest.find(model);
        this.channels = ChannelManifest.find(model);
        this.expected = expected;
        this.reference = reference;
        for (Graph graph : model.allGraphs()) {
            graph.initializers().forEach(value -> constants.put(value.path(), value));
            for (Node node : graph.nodes()) {
                node.outputs().stream()
                        .filter(value -> value.constant().isPresent())
                        .forEach(value -> constants.put(value.path(), value));
            }
        }
        weights.weights().forEach(this::add);
        weights.others().forEach(other -> other.ifNamed().ifPresent(this::add));
    }

    private void add(Weight weight) {
        weightsByPath.put(weight.name(), weight);
    }

    /// A file that nothing is promised of, to look for the tensors of another one in it.
    public static Evidence of(Model model) {
        return new Evidence(model, Optional.empty(), Optional.empty());
    }

    /// @param expected a share of zeros that all weights together should reach
    /// @param reference a pruned model whose zeros this one should have
    /// @throws PruningException if there is nothing to hold the model against
    public static Evidence of(Model model, Optional<Sparsity> expected, Optional<Model> reference) {
        Evidence evidence = new Evidence(model, expected, reference);
        if (evidence.manifest.isEmpty() && evidence.channels.isEmpty() && expected.isEmpty() && reference.isEmpty()) {
            throw new PruningException(
                    "there is nothing to verify against: the model has no sparsity manifest",
                    "",
                    "`prune` writes one; otherwise say --expect SPARSITY or --against PRUNED_MODEL");
        }
        return evidence;
    }

    /// The model in the file.
    public Model model() {
        return model;
    }

    /// Its weights.
    public ModelWeights weights() {
        return weights;
    }

    /// The promise in the file.
    public Optional<Manifest> manifest() {
        return manifest;
    }

    /// The channels that the file says were removed.
    public Optional<ChannelManifest> channels() {
        return channels;
    }

    /// The share of zeros that is asked for.
    public Optional<Sparsity> expected() {
        return expected;
    }

    /// The pruned model that it is compared with.
    public Optional<Model> reference() {
        return reference;
    }

    /// The constant of that path.
    Optional<Value> constant(String path) {
        return Optional.ofNullable(constants.get(path));
    }

    /// Whether the constant of that path is there and stored sparse.
    public boolean isStoredSparse(String path) {
        return constant(path)
                .flatMap(Value::constant)
                .filter(Constant::isSparse)
                .isPresent();
    }

    /// All constants.
    Iterable<Value> constants() {
        return constants.values();
    }

    /// Whether a sparse tensor breaks the rules of the standard.
    public boolean hasInvalidSparse() {
        return constants.values().stream()
                .anyMatch(value -> !value.constant().orElseThrow().defects().isEmpty());
    }

    /// How a constant's elements stand for numbers: what the operators that multiply by it say, or, of a
    /// packed tensor, what is not stored. Empty if nothing says so.
    Optional<Quantization> quantization(Value value) {
        return Optional.ofNullable(weightsByPath.get(value.path()))
                .map(Weight::quantization)
                .or(() -> value.constant().orElseThrow() instanceof Constant.Packed packed
                                && packed.defects().isEmpty()
                        ? Optional.of(packed.tensor().quantization())
                        : Optional.empty());
    }

    /// Where a constant's elements are: what the operators that multiply by it say, or one after the other.
    ElementLayout layout(Value value) {
        return Optional.ofNullable(weightsByPath.get(value.path()))
                .map(Weight::layout)
                .orElseGet(() -> ElementLayout.of(value.constant().orElseThrow()));
    }

    /// Which elements of a constant are not zero, from the stored bytes.
    Mask nonZeros(Value value) {
        DenseTensor elements = layout(value).read(value.constant().orElseThrow().decode());
        return Mask.ofNonZeros(elements, quantization(value).orElse(Quantization.NONE));
    }
}
