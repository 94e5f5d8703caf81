package dev.espalier.cli;

import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.LayerResult;
import dev.espalier.pruning.PrunedWeight;
import dev.espalier.pruning.PruningResult;
import dev.espalier.sparse.Rounded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What `prune` did, or would do.
///
/// @param output where it was written; null for a dry run
/// @param bytesBefore size of the input, external data included
/// @param bytesAfter size of the output, external data included; null for a dry run
record PruneReport(
        int schemaVersion,
        String model,
        @Nullable String output,
        long bytesBefore,
        @Nullable Long bytesAfter,
        long parameters,
        long zeros,
        List<Layer> layers,
        List<InspectReport.Tensor> leftAlone,
        List<String> notes) {
    /// One weight.
    ///
    /// @param requested share of zeros; null where it was asked of several weights together
    /// @param largestError of the values that were rounded, as a share of the largest; null if every bit was kept
    /// @param rmsError the same, root mean square
    /// @param maskedError of the layer's outputs on the samples, squared, as a share of what they should be,
    ///     before what stays was fitted; null without calibration
    /// @param fittedError the same afterwards
    record Layer(
            String node,
            String operator,
            String weight,
            long parameters,
            @Nullable Double requested,
            long zeros,
            long zerosBefore,
            String pattern,
            String encoding,
            @Nullable Double largestError,
            @Nullable Double rmsError,
            @Nullable String method,
            @Nullable Double maskedError,
            @Nullable Double fittedError) {
        static Layer of(LayerResult result) {
            return new Layer(
                    result.weight().node().label(),
                    result.weight().node().operator(),
                    result.weight().name(),
                    result.weight().elementCount(),
                    result.requested().map(r -> r.share().doubleValue()).orElse(null),
                    result.zeros(),
                    result.zerosBefore(),
                    result.pattern().toString(),
                    result.encoding().name(),
                    result.rounding().map(Rounded.Loss::largest).orElse(null),
                    result.rounding().map(Rounded.Loss::rms).orElse(null),
                    result.calibrated().map(PrunedWeight.Calibrated::method).orElse(null),
                    result.calibrated()
                            .map(PrunedWeight.Calibrated::masked)
                            .map(Figures::orNull)
                            .orElse(null),
                    result.calibrated()
                            .map(PrunedWeight.Calibrated::fitted)
                            .map(Figures::orNull)
                            .orElse(null));
        }

        String requestedPercent() {
            return requested == null ? "-" : String.format("%.2f", requested * 100);
        }
    }

    static PruneReport of(
            Path model,
            @Nullable Path output,
            long bytesBefore,
            Optional<OnnxWriter.Sizes> written,
            long irVersion,
            PruningResult result) {
        return new PruneReport(
                JsonReport.SCHEMA_VERSION,
                model.toString(),
                written.isPresent() ? String.valueOf(output) : null,
                bytesBefore,
                written.map(OnnxWriter.Sizes::total).orElse(null),
                result.elements(),
                result.zeros(),
                result.layers().stream().map(Layer::of).toList(),
                result.leftAlone().stream().map(InspectReport.Tensor::of).toList(),
                notes(result, irVersion));
    }

    private static List<String> notes(PruningResult result, long irVersion) {
        List<String> notes = new ArrayList<>();
        result.raisedIrVersion()
                .ifPresent(old -> notes.add(
                        "IR version raised from " + old + " to " + irVersion + ", the first with these encodings"));
        long unprunable =
                result.layers().stream().mapToLong(LayerResult::unprunable).sum();
        if (unprunable > 0) {
            String where = result.layers().stream()
                    .filter(layer -> layer.unprunable() > 0)
                    .map(layer -> layer.weight().name())
                    .collect(Collectors.joining(", "));
            notes.add(Figures.count(unprunable) + " NaN or infinite weights are kept, in " + where);
        }
        countBy(result.layers().stream()
                        .flatMap(layer -> layer.calibrated().stream())
                        .filter(calibrated -> !calibrated.note().isEmpty())
                        .map(calibrated -> List.of(calibrated.method(), calibrated.note()))
                        .toList())
                .forEach((why, count) -> notes.add("by " + why.getFirst() + ", " + count + " of "
                        + result.layers().size() + " layers: " + why.getLast()));
        countBy(result.layers().stream()
                        .flatMap(layer -> layer.calibrated().stream())
                        .flatMap(calibrated -> calibrated.warnings().stream())
                        .toList())
                .forEach((what, count) -> notes.add(
                        "the samples of " + count + " of " + result.layers().size() + " layers have " + what));
        countBy(result.layers().stream()
                        .flatMap(layer -> layer.exactBecause().stream())
                        .toList())
                .forEach((reason, count) -> notes.add("values not rounded, " + count + " of "
                        + result.layers().size() + " layers: " + reason));
        countBy(result.layers().stream()
                        .filter(layer -> !layer.patternNote().isEmpty())
                        .map(layer -> layer.pattern() + ": " + layer.patternNote())
                        .toList())
                .forEach((note, count) ->
                        notes.add(note + " (" + count + " of " + result.layers().size() + " layers)"));
        countBy(result.layers().stream()
                        .flatMap(layer -> layer.encodingNote().stream())
                        .toList())
                .forEach((reason, count) -> notes.add(
                        "stored dense, " + count + " of " + result.layers().size() + " layers: " + reason));
        return notes;
    }

    private static <T> Map<T, Long> countBy(List<T> all) {
        return all.stream().collect(Collectors.groupingBy(t -> t, LinkedHashMap::new, Collectors.counting()));
    }

    void print(Console console) {
        boolean isPatterned = layers.stream().anyMatch(layer -> !layer.pattern.equals("unstructured"));
        boolean isRounded = layers.stream().anyMatch(layer -> layer.largestError != null);
        boolean isFitted = layers.stream().anyMatch(layer -> layer.fittedError != null);
        console.out().println(table(isPatterned, isRounded, isFitted).render(layers, console.columns()));
        console.out().println();
        console.out()
                .printf(
                        "%s of %s weights are zero (%s %%) in %d layers%n",
                        Figures.count(zeros),
                        Figures.count(parameters),
                        Figures.percent(zeros, parameters),
                        layers.size());
        if (!leftAlone.isEmpty()) {
            String reasons = countBy(
                            leftAlone.stream().map(InspectReport.Tensor::reason).toList())
                    .entrySet()
                    .stream()
                    .map(e -> e.getValue() + " " + e.getKey())
                    .collect(Collectors.joining(", "));
            console.out().println("left alone: " + leftAlone.size() + " tensors (" + reasons + ")");
        }
        notes.forEach(note -> console.out().println(note));
        console.out().printf("%s  %s%n", model, Figures.bytes(bytesBefore));
        if (bytesAfter == null) {
            console.out().println("dry run: nothing was written");
        } else {
            console.out()
                    .printf(
                            "%s  %s (%s %%)%n",
                            output, Figures.bytes(bytesAfter), Figures.percentOf(bytesAfter, bytesBefore));
        }
    }

    private static TextTable<Layer> table(boolean isPatterned, boolean isRounded, boolean isFitted) {
        TextTable<Layer> table = new TextTable<Layer>()
                .dispensableName("node", Layer::node)
                .text("operator", Layer::operator)
                .name("weight", Layer::weight)
                .number("parameters", layer -> Figures.count(layer.parameters));
        if (isPatterned) {
            table.text("pattern", Layer::pattern);
        }
        table.number("requested %", Layer::requestedPercent)
                .number("achieved %", layer -> Figures.percent(layer.zeros, layer.parameters))
                .number("before %", layer -> Figures.percent(layer.zerosBefore, layer.parameters))
                .text("stored", Layer::encoding);
        if (isFitted) {
            table.number("error masked %", layer -> Figures.ratio(layer.maskedError))
                    .number("fitted %", layer -> Figures.ratio(layer.fittedError));
        }
        if (isRounded) {
            table.number("error max %", layer -> Figures.error(layer.largestError))
                    .number("rms %", layer -> Figures.error(layer.rmsError));
        }
        return table;
    }
}
