package dev.espalier.pruning.channels;

import dev.espalier.pruning.NameGlob;
import dev.espalier.pruning.Sparsity;
import java.util.List;

/// What is asked for.
///
/// @param share how much goes
/// @param budget of what
/// @param scope which channels compete
/// @param method how to tell which matter
/// @param roundTo how many channels stay is a multiple of this where that is possible
/// @param minChannels so many stay of each group at least
/// @param maxLayerShare no group loses more than this
/// @param keepResidual whether channels stay that pass through a residual connection
/// @param include layers whose outputs are pruned; empty for all
/// @param exclude layers whose outputs are not
/// @param overrides shares of single layers, of which the last that matches counts
/// @param seed for methods that draw lots
public record ChannelRequest(
        Sparsity share,
        ChannelBudget budget,
        ChannelScope scope,
        ChannelMethod method,
        int roundTo,
        int minChannels,
        Sparsity maxLayerShare,
        boolean keepResidual,
        List<NameGlob> include,
        List<NameGlob> exclude,
        List<LayerShare> overrides,
        long seed) {
    /// A share for the layers that a name means.
    public record LayerShare(NameGlob layers, Sparsity share) {}

    public ChannelRequest {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
        overrides = List.copyOf(overrides);
        if (roundTo < 1 || minChannels < 1) {
            throw new IllegalArgumentException("at least one channel stays");
        }
    }

    /// The same with a part of every share.
    public ChannelRequest partly(Sparsity part) {
        return new ChannelRequest(
                share.times(part),
                budget,
                scope,
                method,
                roundTo,
                minChannels,
                maxLayerShare,
                keepResidual,
                include,
                exclude,
                overrides.stream()
                        .map(target -> new LayerShare(target.layers, target.share.times(part)))
                        .toList(),
                seed);
    }

    /// The same with another method.
    public ChannelRequest with(ChannelMethod other) {
        return new ChannelRequest(
                share,
                budget,
                scope,
                other,
                roundTo,
                minChannels,
                maxLayerShare,
                keepResidual,
                include,
                exclude,
                overrides,
                seed);
    }

    /// That share of the channels of every group, by their L2 norms.
    public static ChannelRequest of(Sparsity share) {
        return new ChannelRequest(
                share,
                ChannelBudget.CHANNELS,
                ChannelScope.LAYER,
                ChannelMethods.L2,
                1,
                1,
                Sparsity.parse("1"),
                false,
                List.of(),
                List.of(),
                List.of(),
                0);
    }
}
