package dev.espalier.pruning;

import java.util.List;

/// The checks that look at the file alone. To add one, write its class and add it here.
public final class SparsityChecks {
    /// In the order in which they are reported.
    public static final List<SparsityCheck> ALL = List.of(
            new ChannelsGoneCheck(),
            new ManifestCheck(),
            new PatternCheck(),
            new ExpectedSparsityCheck(),
            new ReferenceCheck(),
            new StillSparseCheck(),
            new ValidSparseCheck(),
            new TwinCheck(),
            new SizeCheck());

    private SparsityChecks() {}
}
