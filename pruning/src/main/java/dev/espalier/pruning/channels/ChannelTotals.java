package dev.espalier.pruning.channels;

/// What a model costs.
///
/// @param parameters elements of all constants
/// @param bytes what they take
/// @param macs multiply-adds of convolutions, matrix products and recurrent layers
public record ChannelTotals(long parameters, long bytes, long macs) {
    static ChannelTotals of(ChannelStructure structure, KeptIndices kept) {
        ChannelCosts costs = new ChannelCosts(structure);
        return new ChannelTotals(
                costs.of(kept, ChannelBudget.PARAMS),
                costs.of(kept, ChannelBudget.BYTES),
                costs.of(kept, ChannelBudget.MACS));
    }
}
