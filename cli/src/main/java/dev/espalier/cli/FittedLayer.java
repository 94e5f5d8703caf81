package dev.espalier.cli;

import dev.espalier.pruning.PrunedWeight;
import dev.espalier.pruning.Weight;
import org.jspecify.annotations.Nullable;

/// A layer that was fitted with samples.
///
/// @param method what was done
/// @param errorBefore mean squared distance of its outputs from those of the dense model over their mean
///     square, with the same zeros and the weights as they were
/// @param errorAfter the same with the new weights
record FittedLayer(
        String node,
        String operator,
        String weight,
        String method,
        @Nullable Double errorBefore,
        @Nullable Double errorAfter) {
    static FittedLayer of(Weight weight, PrunedWeight.Calibrated error) {
        return new FittedLayer(
                weight.node().label(),
                weight.node().operator(),
                weight.name(),
                error.method(),
                Figures.orNull(error.masked()),
                Figures.orNull(error.fitted()));
    }

    static TextTable<FittedLayer> table() {
        return new TextTable<FittedLayer>()
                .name("node", FittedLayer::node)
                .text("operator", FittedLayer::operator)
                .text("fitted by", FittedLayer::method)
                .number("error before %", layer -> Figures.ratio(layer.errorBefore))
                .number("after %", layer -> Figures.ratio(layer.errorAfter));
    }
}
