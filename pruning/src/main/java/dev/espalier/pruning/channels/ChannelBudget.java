package dev.espalier.pruning.channels;

import java.util.Locale;

/// What the share that is asked for is a share of.
public enum ChannelBudget {
    /// Channels, of every group by itself or of all of them together.
    CHANNELS,
    /// Elements of all constants.
    PARAMS,
    /// Multiply-adds of Conv, ConvTranspose, Gemm, MatMul and recurrent layers.
    MACS,
    /// Bytes that the elements of all constants take.
    BYTES;

    /// The name on the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
