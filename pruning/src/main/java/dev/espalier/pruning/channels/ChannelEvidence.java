package dev.espalier.pruning.channels;

import java.util.Map;
import java.util.Optional;

/// What samples say of channels: by how much each weight that reads them misses them.
///
/// @param losses for each weight and axis, a number for each index
public record ChannelEvidence(Map<Place, double[]> losses) {
    /// Nothing is known.
    public static final ChannelEvidence NONE = new ChannelEvidence(Map.of());

    /// An axis of a weight.
    ///
    /// @param weight its path
    public record Place(String weight, int axis) {}

    public ChannelEvidence {
        losses = Map.copyOf(losses);
    }

    Optional<double[]> of(WeightSlices slices) {
        return Optional.ofNullable(losses.get(new Place(slices.name(), slices.axis())));
    }
}
