package dev.espalier.cli;

import dev.espalier.pruning.LayerSparsity;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.run.data.Feed;
import dev.espalier.run.data.Field;
import dev.espalier.run.validate.Metric;
import dev.espalier.run.validate.ProbeResult;
import dev.espalier.run.validate.Subject;
import dev.espalier.run.validate.Validation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `validate` found, as JSON has it; [ValidateText] and [ValidatePage] show the same.
///
/// @param verdict `ship`, `do not ship` or `cannot tell`
/// @param isPartial whether it was ended early
/// @param maxBad how many samples may be unreadable
/// @param prunedWithNaN samples for which the pruned model's output has a NaN; none may be
/// @param task what the models were judged by
/// @param metric what decides
/// @param labels the array of labels; empty if there were none
/// @param classes names of the classes by number; empty if they have none
/// @param probes in their order
/// @param layers the weights of both
record ValidateReport(
        int schemaVersion,
        String verdict,
        boolean isPartial,
        ModelFile original,
        ModelFile pruned,
        String data,
        int samples,
        List<Feed.Unreadable> unreadable,
        int maxBad,
        int prunedWithNaN,
        String task,
        boolean isTaskGuessed,
        Metric metric,
        String labels,
        List<String> classes,
        List<Probe> probes,
        List<Layer> layers) {
    /// A model's file.
    ///
    /// @param gzipped bytes that gzip makes of it
    record ModelFile(String file, long bytes, long gzipped) {
        static ModelFile of(Subject subject) throws IOException {
            FileSizes sizes = FileSizes.of(subject.file(), subject.model().externalFiles());
            return new ModelFile(subject.file().toString(), sizes.bytes(), sizes.gzipped());
        }
    }

    /// What a probe found.
    ///
    /// @param decides whether the verdict depends on it
    /// @param found the figures, which each probe has its own of
    record Probe(String probe, String answer, String reason, boolean decides, ProbeResult found) {}

    /// A weight in both models.
    ///
    /// @param original zeros in percent
    /// @param pruned zeros in percent; null if it is not there under its name
    record Layer(String weight, double original, @Nullable Double pruned) {}

    static ValidateReport of(Subject original, Subject pruned, Path data, Validation validation) throws IOException {
        return new ValidateReport(
                JsonReport.SCHEMA_VERSION,
                switch (validation.answer()) {
                    case PASS -> "ship";
                    case FAIL -> "do not ship";
                    case CANNOT_TELL, NOT_ASKED -> "cannot tell";
                },
                validation.isPartial(),
                ModelFile.of(original),
                ModelFile.of(pruned),
                data.toString(),
                validation.samples(),
                validation.unreadable(),
                validation.maxBad(),
                validation.prunedWithNaN(),
                validation.data().task().name(),
                validation.data().isGuessed(),
                validation.data().metric(),
                validation.data().labels().map(Field::name).orElse(""),
                validation.data().classes(),
                validation.results().stream()
                        .map(result -> new Probe(
                                result.probe(),
                                result.answer().toString(),
                                result.reason(),
                                validation.decides(result),
                                result))
                        .toList(),
                layers(original, pruned));
    }

    private static List<Layer> layers(Subject original, Subject pruned) {
        Map<String, Double> after = new LinkedHashMap<>();
        WeightSearch.in(pruned.model())
                .weights()
                .forEach(w -> after.put(w.name(), LayerSparsity.of(w).percent()));
        List<Layer> layers = new ArrayList<>();
        WeightSearch.in(original.model())
                .weights()
                .forEach(w -> layers.add(new Layer(w.name(), LayerSparsity.of(w).percent(), after.get(w.name()))));
        return layers;
    }

    /// A figure of the metric, in percent if it is a share.
    String shown(double figure) {
        return metric.isShare() ? ValidateText.percent(figure) : ValidateText.figure(figure);
    }

    /// What a probe found, if it was carried out.
    <T extends ProbeResult> List<T> found(Class<T> kind) {
        return probes.stream()
                .map(Probe::found)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    /// `top-1 accuracy on 1 797 samples of digits.npz, by 'labels'`, and whether that was guessed.
    String basis() {
        String by = labels.isEmpty() ? "" : ", labels '" + labels + "'";
        return Figures.count(samples) + " samples of " + data + "\ntask " + task + by
                + (isTaskGuessed ? " (guessed: --task names another)" : "");
    }
}
