package dev.espalier.pruning.channels;

import java.util.Locale;

/// Which channels compete with each other.
public enum ChannelScope {
    /// Those of one group: every group loses the same share.
    LAYER,
    /// All.
    GLOBAL,
    /// Those of groups of the same structure, which operators of the same kind read and write (Fang et al.
    /// 2024).
    ISOMORPHIC;

    /// The name on the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
