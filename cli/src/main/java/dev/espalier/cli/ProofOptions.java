package dev.espalier.cli;

import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.pruning.PruningException;
import dev.espalier.run.ChannelProof;
import dev.espalier.run.Difference;
import dev.espalier.run.ModelRunException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Option;

/// How a model that loses channels is read, and compared with what it has to compute.
final class ProofOptions {
    @Option(
            names = "--drop-initializer-inputs",
            description = "Weights that are also graph inputs are inputs no longer, so that they can lose channels.")
    private boolean dropInitializerInputs;

    @Option(
            names = "--no-check",
            description = "Do not compare the result with what it has to compute, in ONNX Runtime.")
    private boolean noCheck;

    @Option(
            names = "--seed",
            description = "Seed of the inputs of the comparison, and of --method random (default: ${DEFAULT-VALUE}).")
    private long seed;

    /// Whether to compare.
    boolean isWanted() {
        return !noCheck;
    }

    /// The seed.
    long seed() {
        return seed;
    }

    /// Reads the model that is pruned.
    Model read(Path file) throws IOException {
        Model model = OnnxReader.read(file);
        if (dropInitializerInputs) {
            GraphPatch patch = GraphPatch.labelled("drop initializer inputs");
            model.graph().inputs().stream()
                    .filter(value -> value.isInitializer())
                    .forEach(patch::removeInput);
            patch.apply();
        }
        return model;
    }

    /// Compares a pruned model with what it has to compute.
    ///
    /// @param cut names of values that have lost channels
    /// @param what is said of the other model
    /// @throws PruningException if rounding does not explain the difference, or a run takes too long
    Difference compare(Model pruned, Model other, Set<String> cut, String what) throws IOException {
        try {
            Difference difference = ChannelProof.between(pruned, other, cut, seed);
            if (!difference.isRounding()) {
                throw new PruningException(
                        String.format(
                                Locale.ROOT,
                                "the pruned model's outputs are not those of the %s: they differ by %.1e, "
                                        + "relative %.1e; nothing was written",
                                what,
                                difference.absolute(),
                                difference.relative()),
                        "",
                        "where a model rounds or compares channels of which some went (Round, Greater), rounding in "
                                + "sums changes what that makes of them: then --no-check writes it; otherwise please "
                                + "report it");
            }
            return difference;
        } catch (ModelRunException e) {
            if (e.isUnended()) {
                throw new PruningException(
                        "the comparison with the " + what + " was given up: " + e.getMessage()
                                + "; nothing was written",
                        "",
                        "try again when the machine is less busy; --no-check writes it without comparing");
            }
            // The original has run: what was made of it must.
            throw new IllegalStateException("the pruned model does not run: " + e.getMessage(), e);
        }
    }
}
