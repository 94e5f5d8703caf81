package dev.espalier.cli;

import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.MethodInputs;
import dev.espalier.pruning.ModelWeights;
import dev.espalier.pruning.PruneRequest;
import dev.espalier.pruning.Pruner;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.PruningResult;
import dev.espalier.pruning.Weight;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.pruning.calibrated.BudgetPlan;
import dev.espalier.pruning.calibrated.CalibratedMethod;
import dev.espalier.pruning.calibrated.SensitivityCurves;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.calibrate.CalibratedPruning;
import dev.espalier.run.data.Dataset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `prune`: sets weights to zero and writes the model in a form that is smaller for it.
@Command(
        name = "prune",
        description = "Sets the least important weights to zero and writes a smaller model.",
        footer = {
            "",
            "To remove whole channels: see `espalier prune --pattern channels --help`.",
            "To remove channels that make no difference: see `espalier prune --dead --help`."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class PruneCommand implements Callable<Integer>, HasModelFile {
    /// Makes the plan for a model.
    private interface Planning {
        PruningPlan of(ModelWeights weights) throws IOException;
    }

    /// A plan, and what came of it.
    private record Done(PruningPlan plan, PruningResult result) {}

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The ONNX file.")
    private Path file;

    @Mixin
    private PruneOptions choice;

    @Mixin
    private OutputOptions output;

    @Mixin
    private PlanOptions plans;

    @Mixin
    private EncodingOptions encoding;

    @Mixin
    private CalibrationOptions calibration;

    @Option(
            names = "--drop-initializer-inputs",
            description = "Weights that are also graph inputs are inputs no longer, so that they can be stored sparse.")
    private boolean dropInitializerInputs;

    @Option(names = "--dry-run", description = "Say what would happen; write nothing.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private Workers workers;

    PruneCommand(Console console) {
        this.console = console;
    }

    @Override
    public Path modelFile() {
        return file;
    }

    @Override
    public Integer call() throws Exception {
        encoding.choice();
        if (calibration.isGiven() && calibration.isByCurves() && !choice.isOfEachLayer()) {
            throw usage("--allocate auto divides the zeros among layers, and so does --scope: choose one");
        }
        CalibratedMethod calibrated = choice.method().calibratedMethod(calibration.isGiven());
        PruneReport report;
        try (MethodOptions methods = choice.method()) {
            MethodInputs inputs = methods.inputs();
            Planning planning = plans.isGiven()
                    ? weights -> plans.on(weights, inputs, calibration.isGiven())
                    : planning(choice.request(inputs));
            Path to = dryRun ? null : output.check(file, ", or --dry-run to write nothing");
            plans.probe();
            report = workers.run(() -> prune(planning, calibrated, to));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (json) {
            JsonReport.print(report, console.out());
        } else {
            report.print(console);
        }
        return ExitCode.OK;
    }

    private ParameterException usage(@Nullable String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static Planning planning(PruneRequest request) {
        return weights -> PruningPlan.of(weights, request);
    }

    /// @param calibrated what is done if there are samples
    /// @param to where to write the model; null to write nothing
    private PruneReport prune(Planning planning, CalibratedMethod calibrated, @Nullable Path to) throws IOException {
        Model model = OnnxReader.read(file);
        long before = FileSizes.bytes(file, model.externalFiles());
        PruningPlan plan = planning.of(WeightSearch.in(model));
        if (dropInitializerInputs) {
            dropInputs(plan);
        }
        Done done = calibration.isGiven() ? calibrated(model, plan, calibrated) : carryOut(model, plan);
        Optional<OnnxWriter.Sizes> written = Optional.empty();
        if (to != null) {
            written = Optional.of(output.write(model, to));
        }
        plans.write(done.plan, choice.method().names());
        return PruneReport.of(file, to, before, written, model.irVersion(), done.result);
    }

    private Done carryOut(Model model, PruningPlan plan) {
        return new Done(plan, Pruner.apply(model, plan, encoding.choice(), new ProgressLine(console)));
    }

    private Done calibrated(Model model, PruningPlan plan, CalibratedMethod by) throws IOException {
        try {
            return calibratedAs(calibration.isByCurves() ? divided(plan) : plan, model, by);
        } catch (ModelRunException e) {
            throw new PruningException(
                    "the model cannot be calibrated: " + e.getMessage(),
                    "file '" + file + "'",
                    "without --calibration it is pruned by magnitude");
        }
    }

    private PruningPlan divided(PruningPlan plan) throws IOException, ModelRunException {
        SensitivityCurves curves = calibration.curves(plan, file, choice.pattern(), choice.seed(), workers.count());
        return BudgetPlan.of(plan, curves, choice.share());
    }

    private Done calibratedAs(PruningPlan plan, Model model, CalibratedMethod by)
            throws IOException, ModelRunException {
        try (Dataset data = calibration.open();
                CalibratedPruning pruning = CalibratedPruning.of(
                        by,
                        plan.weights(),
                        file,
                        data,
                        calibration.request(choice.seed()),
                        calibration.memory(),
                        workers.count())) {
            return carryOut(model, plan.by(pruning));
        }
    }

    private static void dropInputs(PruningPlan plan) {
        GraphPatch patch = GraphPatch.labelled("drop initializer inputs");
        plan.weights().stream()
                .map(Weight::value)
                .filter(value -> value.isInput() && value.isInitializer())
                .forEach(patch::removeInput);
        patch.apply();
    }
}
