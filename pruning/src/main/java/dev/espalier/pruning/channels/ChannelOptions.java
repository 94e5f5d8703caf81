package dev.espalier.pruning.channels;

import dev.espalier.onnx.Model;
import dev.espalier.pruning.ChannelManifest;
import java.util.Arrays;
import java.util.Locale;

/// What is looked for in a model.
///
/// @param attention which part of an attention's projections may lose channels
/// @param onlyHeads whether only channels of attention are wanted
/// @param lossyNorms whether channels that LayerNormalization normalizes over may go, although what stays is
///     normalized otherwise then
public record ChannelOptions(Attention attention, boolean onlyHeads, boolean lossyNorms, boolean mayChangePorts) {
    /// Everything that can go exactly.
    public static final ChannelOptions EXACT = new ChannelOptions(Attention.AUTO, false, false, false);

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

    /// Writes them into the model's manifest, if anything was removed.
    ///
    /// @param roundTo what widths were rounded to multiples of
    public void record(Model model, int roundTo) {
        ChannelManifest.addSettings(
                model, roundTo, attention == Attention.AUTO ? null : attention.toString(), lossyNorms);
    }

    /// What a manifest was written with.
    public static ChannelOptions of(ChannelManifest manifest) {
        Attention attention = Arrays.stream(Attention.values())
                .filter(each -> each.toString().equals(manifest.attention()))
                .findFirst()
                .orElse(Attention.AUTO);
        return new ChannelOptions(attention, false, Boolean.TRUE.equals(manifest.lossyNorms()), false);
    }
}
