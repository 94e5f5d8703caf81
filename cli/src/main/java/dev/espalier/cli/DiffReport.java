package dev.espalier.cli;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.pruning.ComparedTensor;
import dev.espalier.pruning.ModelDifference;
import dev.espalier.pruning.TensorPair;
import dev.espalier.sparse.TensorDifference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What changed from one model to another, layer by layer.
///
/// @param others every other tensor, if it was asked for; its changes are counted in `otherChanges` anyway
record DiffReport(
        int schemaVersion,
        ModelFacts before,
        ModelFacts after,
        List<Layer> layers,
        Amount totals,
        Map<String, Long> layerChanges,
        List<Layer> others,
        Map<String, Long> otherChanges)
        implements Report {
    /// A tensor in one of the models.
    record Side(String name, String type, String shape, String storage) {
        static Side of(ComparedTensor tensor) {
            return new Side(
                    tensor.name(),
                    tensor.type().label(),
                    tensor.shape().toString(),
                    tensor.constant().storage());
        }
    }

    /// A tensor before and after.
    ///
    /// @param before null if it was added
    /// @param after null if it was removed
    /// @param figures null where nothing can be compared
    record Layer(
            String kind,
            String change,
            @Nullable Side before,
            @Nullable Side after,
            @Nullable Amount figures) {
        static Layer of(TensorPair pair) {
            return new Layer(
                    pair.before().or(pair::after).orElseThrow().kind(),
                    word(pair.change()),
                    pair.before().map(Side::of).orElse(null),
                    pair.after().map(Side::of).orElse(null),
                    pair.figures().map(f -> Amount.of(parameters(pair), f)).orElse(null));
        }

        private String name() {
            if (before == null || after == null || before.name.equals(after.name)) {
                return before != null ? before.name : after != null ? after.name : "";
            }
            return before.name + " → " + after.name;
        }

        /// What is not the same of shape, type and storage.
        private String form() {
            if (before == null || after == null) {
                Side one = before == null ? after : before;
                return one == null ? "" : one.type + " " + one.shape;
            }
            return List.of(
                            arrow(before.shape, after.shape),
                            arrow(before.type, after.type),
                            arrow(before.storage, after.storage))
                    .stream()
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.joining(", "));
        }

        private static String arrow(String old, String now) {
            return old.equals(now) ? "" : old + " → " + now;
        }
    }

    /// How much changed.
    ///
    /// @param changed elements that stand for another number
    /// @param energyKept sum of squares of the old elements that are not zero now, over all; null if there is none
    /// @param relativeChange norm of the differences over that of the old elements; null if there is none
    record Amount(
            long parameters,
            long changed,
            long zerosBefore,
            long zerosAfter,
            long revived,
            @Nullable Double energyKept,
            @Nullable Double relativeChange) {
        static Amount of(long parameters, TensorDifference difference) {
            return new Amount(
                    parameters,
                    difference.changed(),
                    difference.zerosBefore(),
                    difference.zerosAfter(),
                    difference.revived(),
                    orNull(difference.keptShare()),
                    orNull(difference.relativeChange()));
        }

        private static @Nullable Double orNull(OptionalDouble figure) {
            return figure.isPresent() ? figure.getAsDouble() : null;
        }

        private String zeros() {
            String before = Figures.percent(zerosBefore, parameters);
            String after = Figures.percent(zerosAfter, parameters);
            return zerosBefore == zerosAfter ? before : before + " → " + after;
        }
    }

    private static long parameters(TensorPair pair) {
        return pair.before().or(pair::after).orElseThrow().shape().elementCount();
    }

    private static String word(TensorPair.Change change) {
        return change.name().toLowerCase(Locale.ROOT);
    }

    /// Compares a model with the one in another file.
    ///
    /// @param all whether to list the tensors that are no layers too
    /// @throws IOException if the other file cannot be read
    static DiffReport of(Path file, Model model, Path otherFile, NameOptions names, boolean all) throws IOException {
        Model other = OnnxReader.read(otherFile);
        ModelDifference difference = ModelDifference.of(model, other, names.included(), names.excluded());
        List<TensorPair> measured = difference.layers().stream()
                .filter(pair -> pair.figures().isPresent() && pair.isScaleKnown())
                .toList();
        TensorDifference sum = measured.stream()
                .flatMap(pair -> pair.figures().stream())
                .reduce(TensorDifference.NONE, TensorDifference::plus);
        return new DiffReport(
                JsonReport.SCHEMA_VERSION,
                ModelFacts.of(file, model),
                ModelFacts.of(otherFile, other),
                difference.layers().stream().map(Layer::of).toList(),
                Amount.of(measured.stream().mapToLong(DiffReport::parameters).sum(), sum),
                counts(difference.layers()),
                all ? difference.others().stream().map(Layer::of).toList() : List.of(),
                counts(difference.others()));
    }

    private static Map<String, Long> counts(List<TensorPair> pairs) {
        Map<String, Long> counts = new TreeMap<>();
        pairs.forEach(pair -> counts.merge(word(pair.change()), 1L, Long::sum));
        return counts;
    }

    @Override
    public void print(Console console) {
        console.out().printf("before  %s  %s%n", before.file(), sizes(before));
        console.out().printf("after   %s  %s%n", after.file(), sizes(after));
        console.out().println();
        if (!layers.isEmpty()) {
            console.out().println(table("weight").render(layers, console.columns()));
            console.out().println();
        }
        console.out().printf("%d layers: %s%n", layers.size(), list(layerChanges));
        if (totals.parameters > 0) {
            console.out()
                    .printf(
                            "%s of %s weights changed, zeros %s %%, energy kept %s %%, L2 change %s %%%n",
                            Figures.count(totals.changed),
                            Figures.count(totals.parameters),
                            totals.zeros(),
                            Figures.share(totals.energyKept),
                            Figures.ratio(totals.relativeChange));
        }
        if (!others.isEmpty()) {
            console.out().println();
            console.out().println(table("other tensor").render(others, console.columns()));
            console.out().println();
        }
        if (!otherChanges.isEmpty()) {
            console.out().printf("other tensors: %s%n", list(otherChanges));
        }
    }

    private static String sizes(ModelFacts model) {
        return Figures.bytes(model.bytes())
                + (model.externalBytes() > 0
                        ? " and " + Figures.bytes(model.externalBytes()) + " of external data"
                        : "");
    }

    private static String list(Map<String, Long> changes) {
        return changes.isEmpty()
                ? "none"
                : changes.entrySet().stream()
                        .map(e -> e.getValue() + " " + e.getKey())
                        .collect(Collectors.joining(", "));
    }

    private static TextTable<Layer> table(String title) {
        return new TextTable<Layer>()
                .name(title, Layer::name)
                .text("change", Layer::change)
                .number("changed", layer -> cell(layer, amount -> Figures.count(amount.changed)))
                .number("zeros %", layer -> cell(layer, Amount::zeros))
                .number("energy kept %", layer -> cell(layer, amount -> Figures.share(amount.energyKept)))
                .number("L2 %", layer -> cell(layer, amount -> Figures.ratio(amount.relativeChange)))
                .dispensableName("form", Layer::form);
    }

    private static String cell(Layer layer, Function<Amount, String> figure) {
        return layer.figures == null ? "-" : figure.apply(layer.figures);
    }
}
