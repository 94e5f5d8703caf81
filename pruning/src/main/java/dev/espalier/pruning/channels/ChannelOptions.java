package dev.espalier.pruning.channels;

import java.util.Locale;

/// What is looked for in a model.
///
/// @param attention which part of an attention's projections may lose channels
/// @param onlyHeads whether only channels of attention are wanted
/// @param lossyNorms whether channels that LayerNormalization normalizes over may go, although what stays is
///     normalized otherwise then
public record ChannelOptions(Attention attention, boolean onlyHeads, boolean lossyNorms) {
    /// Everything that can go exactly.
    public static final ChannelOptions EXACT = new ChannelOptions(Attention.AUTO, false, false);

    /// Which part of each head of an attention, or which heads.
    public enum Attention {
        /// Whichever frees more.
        AUTO,
        /// Whole heads.
        HEADS,
        /// The same places of every head.
        SIZE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
