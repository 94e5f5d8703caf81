package dev.espalier.run.calibrate;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.ModelChanges;
import dev.espalier.pruning.Progress;
import dev.espalier.pruning.PrunedWeight;
import dev.espalier.pruning.Weight;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.pruning.calibrated.Activation;
import dev.espalier.pruning.calibrated.CalibratedLayer;
import dev.espalier.pruning.calibrated.ChannelLosses;
import dev.espalier.pruning.calibrated.LayerProblem;
import dev.espalier.pruning.calibrated.Recoveries;
import dev.espalier.pruning.channels.ChannelEvidence;
import dev.espalier.pruning.channels.ChannelMethods;
import dev.espalier.pruning.channels.ChannelPlan;
import dev.espalier.pruning.channels.ChannelReader;
import dev.espalier.pruning.channels.ChannelStructure;
import dev.espalier.pruning.channels.SampledChannels;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.sparse.Unstructured;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Removes channels with samples: says which of them the layers that read them miss least, and fits what stays
/// to what the dense model computes.
public final class CalibratedChannels {
    private final Path source;
    private final ModelChanges before;
    private final Dataset data;
    private final FeedRequest request;
    private final long memory;
    private final int threads;
    private final Progress progress;

    /// @param source the dense model's file, which must stay as it is meanwhile
    /// @param before what the model that is pruned has other than that
    /// @param memory bytes of activations that may be kept
    public CalibratedChannels(
            Path source,
            ModelChanges before,
            Dataset data,
            FeedRequest request,
            long memory,
            int threads,
            Progress progress) {
        this.source = source;
        this.before = before;
        this.data = data;
        this.request = request;
        this.memory = memory;
        this.threads = threads;
        this.progress = progress;
    }

    /// The method, told what the layers read.
    ///
    /// @param structure of the model that is pruned
    public SampledChannels told(SampledChannels method, ChannelStructure structure)
            throws IOException, ModelRunException {
        Map<Value, Weight> weights = new HashMap<>();
        WeightSearch.in(structure.model()).weights().forEach(weight -> weights.put(weight.value(), weight));
        List<ChannelReader> readers = ChannelReader.of(structure);
        List<CalibratedLayer> layers = readers.stream()
                .flatMap(reader -> layer(weights, reader).stream())
                .toList();
        Map<ChannelEvidence.Place, double[]> losses = new HashMap<>();
        try (Calibration calibration = Calibration.open(source, layers, data, request, memory, threads)) {
            before.constants().forEach(calibration::change);
            for (int i = 0; i < readers.size(); i++) {
                ChannelReader reader = readers.get(i);
                progress.at(i, readers.size(), reader.weight().name());
                Optional<CalibratedLayer> layer = layer(weights, reader);
                if (layer.isPresent()) {
                    LayerProblem problem = calibration.problem(layer.get(), new Unstructured(), 0);
                    losses.put(
                            new ChannelEvidence.Place(reader.weight().path(), reader.axis()),
                            losses(method, reader, layer.get(), problem));
                }
            }
        }
        progress.at(readers.size(), readers.size(), "");
        return method.with(new ChannelEvidence(losses));
    }

    private static Optional<CalibratedLayer> layer(Map<Value, Weight> weights, ChannelReader reader) {
        return Optional.ofNullable(weights.get(reader.weight()))
                .flatMap(weight -> CalibratedLayer.of(weight).layer())
                .filter(layer -> layer.groups().size() == 1);
    }

    private static double[] losses(
            SampledChannels method, ChannelReader reader, CalibratedLayer layer, LayerProblem problem) {
        int[] channelOf = layer.matrix().ofInputs(reader.channelOf());
        double[] ofChannels = method.name().equals(ChannelMethods.OBS.name())
                ? ChannelLosses.obs(problem, channelOf, reader.channels())
                : ChannelLosses.fluctuation(problem, channelOf, reader.channels());
        double[] losses = new double[reader.channelOf().length];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = reader.channelOf()[i] < 0 ? 0 : ofChannels[reader.channelOf()[i]];
        }
        return losses;
    }

    /// A layer that was fitted.
    public record Fitted(Weight weight, PrunedWeight.Calibrated error) {}

    /// What the model becomes.
    ///
    /// @param changes what constants are instead, by path, none of another shape: channels that go are still
    ///     there, and nothing reads them
    public record Refit(ModelChanges changes, List<Fitted> layers) {}

    /// Fits each layer to what the dense model's gives, with the channels of a plan unread.
    public Refit refit(ChannelPlan plan) throws IOException, ModelRunException {
        Model model = OnnxReader.read(source);
        Map<String, Constant> changes = new HashMap<>(before.constants());
        plan.unread().forEach((value, constant) -> changes.put(value.path(), constant));
        new ModelChanges(changes).apply(model);
        List<Weight> weights = WeightSearch.in(model).weights();
        List<Fitted> layers = new ArrayList<>();
        try (CalibratedPruning pruning =
                CalibratedPruning.of(Recoveries.RIDGE, weights, source, data, request, memory, threads)) {
            pruning.startFrom(new ModelChanges(changes));
            for (int i = 0; i < weights.size(); i++) {
                Weight weight = weights.get(i);
                progress.at(i, weights.size(), weight.name());
                Optional<PrunedWeight> fitted = pruning.fit(weight, Recoveries.RIDGE, EnumSet.allOf(Activation.class));
                if (fitted.isPresent()) {
                    changes.put(
                            weight.value().path(),
                            weight.constant().withElements(fitted.get().elements()));
                    fitted.get().alongside().forEach((value, constant) -> changes.put(value.path(), constant));
                    layers.add(new Fitted(weight, fitted.get().calibrated().orElseThrow()));
                }
            }
        }
        progress.at(weights.size(), weights.size(), "");
        return new Refit(new ModelChanges(changes), layers);
    }
}
