package dev.espalier.cli;

import dev.espalier.pruning.Progress;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.calibrated.CurvesFile;
import dev.espalier.pruning.calibrated.LayerBudget;
import dev.espalier.pruning.calibrated.SensitivityCurves;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.calibrate.CurveMeasure;
import dev.espalier.run.calibrate.OutlierMeasure;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.run.data.Selection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Samples that a model is pruned with.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CalibrationOptions {
    private static final int BATCH = 32;
    private static final int DEFAULT_SAMPLES = 2048;
    private static final int DEFAULT_MEMORY = 750;
    private static final String AUTO = "auto";
    private static final String OWL = "owl";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--calibration",
            paramLabel = "DATA",
            description =
                    "Samples without labels, an array for each input (.npz, .npy), images or ONNX test data: each "
                            + "layer is pruned so that it computes on them what it did, and what stays is fitted.")
    private @Nullable Path data;

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "How many of them at most (default: " + DEFAULT_SAMPLES + ").")
    private @Nullable Integer samples;

    @Option(
            names = "--memory",
            paramLabel = "MB",
            description = "How much of what the samples become on their way may be kept; where that is too little, "
                    + "it is computed again (default: " + DEFAULT_MEMORY + ").")
    private @Nullable Integer memory;

    @Option(
            names = "--allocate",
            paramLabel = "HOW",
            description = "How the zeros are divided among layers: uniform, as --scope says; auto, so that the output "
                    + "changes least by what each layer alone does to it, measured at eight sparsities, which takes "
                    + "longer; owl, by how many weights stand out in each (default: uniform, or auto with --curves).")
    private @Nullable String allocate;

    @Option(
            names = "--curves",
            paramLabel = "FILE",
            description = "Where these measurements are kept: read if the file exists, written if not.")
    private @Nullable Path curves;

    @Mixin
    private InputOptions inputs;

    /// Whether there are samples.
    ///
    /// @throws ParameterException if there are only options for them, or the options make no sense
    boolean isGiven() {
        if (data == null
                && !(inputs.areUnused() && samples == null && memory == null && allocate == null && curves == null)) {
            throw usage(
                    "--samples, --memory, --allocate, --curves, --input, --preprocess and --where are about the samples "
                            + "of --calibration, and there are none");
        }
        if (samples != null && samples < 1) {
            throw usage("--samples is a number from 1 on");
        }
        if (memory != null && memory < 0) {
            throw usage("--memory is a number of megabytes from 0 on");
        }
        return data != null;
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /// @throws IllegalStateException if there are none
    Dataset open() throws IOException {
        if (data == null) {
            throw new IllegalStateException("no calibration data");
        }
        SoftHeap.limit();
        return inputs.open(data);
    }

    /// Whether zeros are divided by what the samples say.
    ///
    /// @throws ParameterException if how is said in a word that means nothing
    boolean isDivided() {
        if (allocate == null) {
            return curves != null;
        }
        return switch (allocate) {
            case AUTO -> true;
            case OWL -> {
                if (curves != null) {
                    throw usage("--curves is of --allocate auto, and " + OWL + " needs none");
                }
                yield true;
            }
            case "uniform" -> false;
            default ->
                throw usage("--allocate " + allocate + ": there are uniform, auto and owl"
                        + (Scopes.named(allocate).isPresent() ? "; " + allocate + " is a --scope" : ""));
        };
    }

    /// Refuses to be told how zeros are divided where none are made.
    ///
    /// @param what is done instead, a clause
    void requireNotAllocated(String what) {
        if (allocate != null) {
            throw usage("--allocate divides zeros among layers: " + what);
        }
    }

    /// Refuses to divide zeros among layers where there are none to divide.
    ///
    /// @param what is done instead, a clause
    void requireNoAllocation(String what) {
        if (allocate != null || curves != null) {
            throw usage("--allocate and --curves divide zeros among layers: " + what);
        }
    }

    /// What is known of a plan's layers: curves, from the file or measured, or how many weights stand out in each.
    ///
    /// @param threads that work
    LayerBudget budget(PruningPlan plan, Path model, String pattern, long seed, int threads, Progress progress)
            throws IOException, ModelRunException {
        if (!OWL.equals(allocate)) {
            return curves(plan, model, pattern, seed, threads, progress);
        }
        try (Dataset dataset = open()) {
            return OutlierMeasure.of(plan, model, dataset, request(seed), memory(), threads, progress);
        }
    }

    /// The curves of a plan's layers: from the file, or measured.
    ///
    /// @param threads that work
    SensitivityCurves curves(PruningPlan plan, Path model, String pattern, long seed, int threads, Progress progress)
            throws IOException, ModelRunException {
        if (curves != null && Files.exists(curves)) {
            return CurvesFile.read(curves, model, pattern);
        }
        try (Dataset dataset = open()) {
            SensitivityCurves measured =
                    CurveMeasure.of(plan, model, dataset, request(seed), memory(), threads, progress);
            if (curves != null) {
                CurvesFile.of(model, pattern, measured).write(curves);
            }
            return measured;
        }
    }

    /// Bytes of activations that may be kept.
    long memory() {
        return (memory == null ? DEFAULT_MEMORY : memory) * 1_000_000L;
    }

    FeedRequest request(long seed) {
        int limit = samples == null ? DEFAULT_SAMPLES : samples;
        Selection selection = new Selection(inputs.where(), limit, Optional.of(seed));
        return new FeedRequest(
                inputs.names(), Set.of(), Optional.empty(), inputs.preprocess(), selection, 1, BATCH, 0, seed);
    }
}
