package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.Magnitudes;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Rounded;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Carries out a plan: prunes, encodes, puts the result into the model and writes the manifest into its metadata.
public final class Pruner {
    private record Stored(
            LayerResult result, Constant constant, Map<Value, Constant> alongside, Manifest.Entry entry) {}

    private final Model model;
    private final EncodingChoice encodings;
    private final Progress progress;
    private int done;

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
        int total = plan.weights().size();
        List<Stored> stored = new ArrayList<>();
        for (PruningPlan.Group group : plan.groups()) {
            progress.at(done, total, group.targets().getFirst().weight().name());
            List<Supplier<PrunedWeight>> pruned =
                    plan.request().method().prune(group, plan.request().seed());
            stored.addAll(IntStream.range(0, pruned.size())
                    .parallel()
                    .mapToObj(i -> store(pruned.get(i).get(), group.targets().get(i), group))
                    .toList());
            done += pruned.size();
        }
        // Layers with a sparsity of their own were pruned apart; reports and the manifest keep the file's order.
        Map<Value, Integer> order = plan.order();
        stored.sort(
                Comparator.comparing(s -> order.getOrDefault(s.result.weight().value(), 0)));
        GraphPatch patch = GraphPatch.labelled("prune");
        stored.forEach(s -> patch.replaceConstant(s.result.weight().value(), s.constant));
        stored.forEach(s -> s.alongside.forEach(patch::replaceConstant));
        patch.apply();
        OptionalLong oldIrVersion = EncodingChoice.raiseIrVersion(
                model, stored.stream().map(s -> s.result.encoding()).toList());
        Manifest.of(model).with(stored.stream().map(Stored::entry).toList()).writeTo(model);
        progress.at(total, total, "");
        return new PruningResult(stored.stream().map(Stored::result).toList(), plan.leftAlone(), oldIrVersion);
    }

    private Stored store(PrunedWeight pruned, PruningPlan.Target target, PruningPlan.Group group) {
        Weight weight = pruned.weight();
        EncodingChoice.Chosen chosen = encodings.choose(
                model,
                new EncodingChoice.Contents(
                        weight.value(),
                        weight.layout(),
                        weight.quantization(),
                        pruned.elements(),
                        pruned.nonZeros(),
                        target.pattern(),
                        WeightLayout.channelsOf(weight)));
        Mask nonZeros = chosen.nonZeros(pruned.nonZeros());
        Magnitudes.Census before = Magnitudes.census(weight.tensor(), weight.quantization());
        LayerResult result = new LayerResult(
                weight,
                group.sparsity(),
                group.targets().size() == 1,
                group.pattern(),
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
