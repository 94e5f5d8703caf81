package dev.espalier.cli;

import dev.espalier.pruning.PruneLimits;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.scope.Amount;
import picocli.CommandLine.Option;

/// What a sparsity is a share of, and how far pruning may go.
final class LimitOptions {
    @Option(
            names = "--of",
            description = "What the share is a share of, one of ${COMPLETION-CANDIDATES}: of all weights, or of those "
                    + "that are not zero yet (default: ${DEFAULT-VALUE}).")
    private Amount.Of of = Amount.Of.TOTAL;

    @Option(
            names = "--budget",
            description = "What a weight counts for where layers share their zeros, one of ${COMPLETION-CANDIDATES}: "
                    + "one, or the bytes it takes when it is stored dense (default: ${DEFAULT-VALUE}).")
    private PruneLimits.Budget budget = PruneLimits.Budget.PARAMS;

    @Option(
            names = "--max-layer-sparsity",
            paramLabel = "SHARE",
            converter = Converters.SparsityConverter.class,
            description = "No layer is asked for more than this; what it has already stays.")
    private Sparsity maxLayer = PruneLimits.NONE.maxLayer();

    @Option(names = "--min-layer-size", paramLabel = "N", description = "Weights of fewer elements are left alone.")
    private long minElements;

    PruneLimits limits() {
        return new PruneLimits(of, budget, maxLayer, minElements);
    }
}
