package dev.espalier.cli;

import dev.espalier.pruning.channels.ChannelOptions;
import dev.espalier.pruning.channels.ChannelOptions.Attention;
import picocli.CommandLine.Option;

/// Which channels of a model may go at all.
final class StructureOptions {
    @Option(
            names = "--attention",
            description = "Which part of an attention goes, one of ${COMPLETION-CANDIDATES}: whole heads, or the same "
                    + "places of every head; auto: what frees more (default: ${DEFAULT-VALUE}).")
    private Attention attention = Attention.AUTO;

    @Option(
            names = "--lossy-norms",
            description = "Let channels go that a LayerNormalization normalizes over. What stays is then normalized "
                    + "over fewer channels than before, which is not exact.")
    private boolean lossyNorms;

    @Option(
            names = "--allow-io-change",
            description =
                    "Inputs and outputs of the model may lose channels too. Then nothing is compared: they fit no "
                            + "longer.")
    private boolean allowIoChange;

    boolean lossyNorms() {
        return lossyNorms;
    }

    boolean allowIoChange() {
        return allowIoChange;
    }

    /// @param onlyHeads whether only whole heads of attention are wanted
    ChannelOptions options(boolean onlyHeads) {
        return new ChannelOptions(
                onlyHeads && attention == Attention.AUTO ? Attention.HEADS : attention,
                onlyHeads,
                lossyNorms,
                allowIoChange);
    }
}
