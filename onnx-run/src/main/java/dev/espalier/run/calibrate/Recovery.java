package dev.espalier.run.calibrate;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.pruning.ModelChanges;
import dev.espalier.pruning.PrunedWeight;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.PruningMethod;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.Weight;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.pruning.calibrated.CalibratedLayer;
import dev.espalier.pruning.calibrated.CalibratedMethod;
import dev.espalier.pruning.calibrated.Recoveries;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Mask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Makes good what pruning did to a model, whoever pruned it: layer after layer is fitted to what the dense
/// model's gives, and zeros stay where they are.
public final class Recovery implements PruningMethod, AutoCloseable {
    private final CalibratedPruning pruning;
    private final Optional<CalibratedMethod> everywhere;
    private final Optional<Weight> classifier;

    private Recovery(CalibratedPruning pruning, Optional<CalibratedMethod> everywhere, Optional<Weight> classifier) {
        this.pruning = pruning;
        this.everywhere = everywhere;
        this.classifier = classifier;
    }

    /// @param reference the dense model's file
    /// @param model the same model with other weights
    /// @param everywhere what is done to every layer; of several the last of [Recoveries#ALL], which does
    ///     all that the others do
    /// @param classifier whether all weights of the last layer are fitted, whatever is done to the others
    /// @param memory bytes of activations that may be kept
    /// @throws PruningException if the models are not the same but for their weights
    /// @throws ModelRunException if the runtime is not there
    public static Recovery of(
            Path reference,
            Model model,
            List<CalibratedMethod> everywhere,
            boolean classifier,
            Dataset data,
            FeedRequest request,
            long memory,
            int threads)
            throws IOException, ModelRunException {
        Model dense = OnnxReader.read(reference);
        requireSameGraph(dense, model);
        Optional<Weight> last = WeightSearch.in(model).weights().reversed().stream()
                .filter(weight -> CalibratedLayer.of(weight).layer().isPresent())
                .findFirst();
        CalibratedPruning pruning = CalibratedPruning.of(
                Recoveries.RIDGE, WeightSearch.in(model).weights(), reference, data, request, memory, threads);
        pruning.startFrom(ModelChanges.between(dense, model));
        return new Recovery(
                pruning,
                Recoveries.ALL.reversed().stream().filter(everywhere::contains).findFirst(),
                classifier ? last : Optional.empty());
    }

    private static void requireSameGraph(Model dense, Model model) {
        List<String> meant = operators(dense);
        List<String> actual = operators(model);
        boolean hasAll = WeightSearch.in(model).weights().stream()
                .allMatch(weight -> dense.graph()
                                .value(weight.name())
                                .flatMap(value -> value.constant())
                                .filter(constant -> constant.shape()
                                        .equals(weight.constant().shape()))
                                .isPresent()
                        || !weight.value().graph().path().isEmpty());
        if (!meant.equals(actual) || !hasAll) {
            throw new PruningException(
                    "the reference is not the same model with other weights: "
                            + (meant.equals(actual)
                                    ? "weights have other names or shapes"
                                    : "it has other operators (%d nodes, here %d)"
                                            .formatted(meant.size(), actual.size())),
                    "",
                    "give the dense model that was pruned, as it was just before");
        }
    }

    private static List<String> operators(Model model) {
        return model.graph().nodes().stream().map(Node::operator).toList();
    }

    @Override
    public String name() {
        return "recover";
    }

    @Override
    public String summary() {
        return "what stays is fitted to the dense model";
    }

    @Override
    public boolean isInOrder() {
        return true;
    }

    @Override
    public PrunedWeight prune(PruningPlan.Target target, long seed) {
        Weight weight = target.weight();
        boolean isLast =
                classifier.filter(last -> last.value() == weight.value()).isPresent();
        Optional<CalibratedMethod> by = isLast ? Optional.of(Recoveries.RIDGE) : everywhere;
        DenseTensor elements = weight.constant().decode();
        PrunedWeight unchanged = new PrunedWeight(weight, Mask.ofNonZeros(elements, weight.quantization()), elements);
        return by.map(method -> pruning.fit(weight, method, CalibratedPruning.IN_PRUNING)
                        .orElseGet(() -> unchanged.notCalibrated(
                                CalibratedLayer.of(weight).reason())))
                .orElse(unchanged);
    }

    @Override
    public void close() throws IOException, ModelRunException {
        pruning.close();
    }
}
