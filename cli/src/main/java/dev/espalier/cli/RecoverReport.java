package dev.espalier.cli;

import java.util.Locale;

/// What `prune --recover` did.
///
/// @param pruned the layers, as `prune` tells of them
/// @param outputErrorBefore mean squared distance of the pruned model's outputs from the dense model's over
///     their mean square, on the samples
/// @param outputErrorAfter the same of what was written
record RecoverReport(PruneReport pruned, double outputErrorBefore, double outputErrorAfter) {
    void print(Console console) {
        pruned.print(console);
        console.out().println(summary());
    }

    /// How much of the error was taken back, a sentence.
    String summary() {
        double taken = outputErrorBefore > 0 ? 1 - outputErrorAfter / outputErrorBefore : 0;
        return String.format(
                Locale.ROOT,
                "error of the outputs: %.2f %%, was %.2f %%: %.1f %% of it taken back",
                100 * outputErrorAfter,
                100 * outputErrorBefore,
                100 * taken);
    }
}
