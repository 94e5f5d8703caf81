package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.Magnitudes;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Rounded;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Carries out a plan: prunes, encodes, puts the result into the model and writes the manifest into its metadata.
public final class Pruner {
    private record Stored(
            LayerResult result, Constant constant, Map<Value, Constant> alongside, Manifest.Entry entry) {}

    private final Model model;
    private final EncodingChoice encodings;
    private final Progress progress;
    private final AtomicInteger done = new AtomicInteger();

    private Pruner(Model model, EncodingChoice encodings, Progress progress) {
        this.model = model;
        this.encodings = encodings;
        this.progress = progress;
    }

    /// Changes the model as planned.
    public static PruningResult apply(Model model, PruningPlan plan, EncodingChoice encodings, Progress progress) {
        return new Pruner(model, encodings, progress).apply(plan);
    }

    private PruningResult apply(PruningPlan plan) {
        boolean isInOrder = plan.targets().stream().anyMatch(t -> t.method().isInOrder());
        Stream<PruningPlan.Target> targets = plan.targets().stream();
        List<Stored> stored = (isInOrder ? targets : targets.parallel())
                .map(target -> {
                    progress.at(
                            done.getAndIncrement(),
                            plan.targets().size(),
                            target.weight().name());
                    return store(target.method().prune(target, plan.seed()), target);
                })
                .toList();
        GraphPatch patch = GraphPatch.labelled("prune");
        stored.forEach(s -> patch.replaceConstant(s.result.weight().value(), s.constant));
        stored.forEach(s -> s.alongside.forEach(patch::replaceConstant));
        patch.apply();
        OptionalLong oldIrVersion = EncodingChoice.raiseIrVersion(
                model, stored.stream().map(s -> s.result.encoding()).toList());
        Manifest.of(model).with(stored.stream().map(Stored::entry).toList()).writeTo(model);
        progress.at(stored.size(), stored.size(), "");
        return new PruningResult(stored.stream().map(Stored::result).toList(), plan.leftAlone(), oldIrVersion);
    }

    private Stored store(PrunedWeight pruned, PruningPlan.Target target) {
        Weight weight = pruned.weight();
        EncodingChoice.Chosen chosen = encodings.choose(
                model,
                new TensorContents(
                        weight.value(),
                        weight.layout(),
                        weight.quantization(),
                        pruned.elements(),
                        pruned.nonZeros(),
                        target.pattern(),
                        WeightLayout.channelsOf(weight)));
        Mask nonZeros = chosen.nonZeros(pruned.nonZeros());
        Magnitudes.Census before =
                pruned.before().orElseGet(() -> Magnitudes.census(weight.tensor(), weight.quantization()));
        LayerResult result = new LayerResult(
                weight,
                target.requested(),
                target.asked(),
                target.note(),
                before.zeros(),
                nonZeros.zeroCount(),
                before.unprunable(),
                chosen.encoding(),
                chosen.rounded().map(Rounded::loss),
                chosen.exactBecause(),
                chosen.note(),
                pruned.calibrated());
        long bytes = weight.value().storedSize(chosen.constant());
        Manifest.Entry entry = Manifest.Entry.of(weight.value(), weight.type(), nonZeros, chosen.encoding(), bytes)
                .following(target.pattern(), nonZeros);
        return new Stored(result, chosen.constant(), pruned.alongside(), entry);
    }
}
