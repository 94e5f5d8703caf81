package dev.espalier.cli;

import dev.espalier.pruning.LayerSparsity;
import dev.espalier.pruning.Weight;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What `inspect` shows in place of sizes, one at a time.
final class LayerViews {
    @Option(names = "--histogram", description = "How large the weights of each layer are, in powers of two.")
    private boolean histogram;

    @Option(names = "--curve", description = "How sparse the layers would be if every |w| below t were zero.")
    private boolean curve;

    @Option(
            names = "--empty",
            description = "Outputs and inputs of each layer (rows, columns, filters) that are all zero.")
    private boolean empty;

    @Option(
            names = "--patterns",
            description = "How many groups of each layer follow 2:4, 4:8, 1:4 and blocks of 1x4, 4x1, 4x4 and 16x1.")
    private boolean patterns;

    @Option(names = "--diff", paramLabel = "OTHER", description = "What changed from MODEL to another one.")
    private @Nullable Path other;

    /// The one that was asked for, other than a difference.
    ///
    /// @param layers in the order in which to show them
    Optional<Report> of(ModelFacts model, List<LayerSparsity> layers) {
        List<Weight> weights = layers.stream().map(LayerSparsity::weight).toList();
        if (histogram) {
            return Optional.of(HistogramReport.of(model, weights));
        } else if (curve) {
            return Optional.of(CurveReport.of(model, weights));
        } else if (empty) {
            return Optional.of(EmptyReport.of(model, weights));
        } else if (patterns) {
            return Optional.of(PatternReport.of(model, weights));
        }
        return Optional.empty();
    }

    /// The model to compare with.
    Optional<Path> other() {
        return Optional.ofNullable(other);
    }

    boolean isAsked() {
        return histogram || curve || empty || patterns || other != null;
    }
}
