package dev.espalier.cli;

import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.EncodingChoice;
import dev.espalier.pruning.GradualPruning;
import dev.espalier.pruning.MethodInputs;
import dev.espalier.pruning.ModelChanges;
import dev.espalier.pruning.ModelWeights;
import dev.espalier.pruning.PruneRequest;
import dev.espalier.pruning.Pruner;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.PruningResult;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.Weight;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.pruning.calibrated.BudgetPlan;
import dev.espalier.pruning.calibrated.CalibratedMethod;
import dev.espalier.pruning.calibrated.LayerBudget;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.calibrate.CalibratedPruning;
import dev.espalier.run.data.Dataset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
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
            "To remove channels that make no difference: see `espalier prune --dead --help`.",
            "To make good what pruning did to a model: see `espalier prune --recover --help`."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class PruneCommand implements Callable<Integer>, HasModelFile {
    /// Makes the plan for a model.
    private interface Planning {
        /// @param part of the way to what is asked for
        PruningPlan of(ModelWeights weights, Sparsity part) throws IOException;
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
    private GradualOptions gradual;

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

    @Mixin
    private ReportOptions report;

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
        if (calibration.isGiven() && calibration.isDivided() && !choice.isOfEachLayer()) {
            throw usage("--allocate auto and owl divide the zeros among layers, and so does --scope: choose one");
        }
        CalibratedMethod calibrated = choice.method().calibratedMethod(calibration.isGiven());
        PruneReport done;
        try (MethodOptions methods = choice.method()) {
            MethodInputs inputs = methods.inputs();
            Planning planning = plans.isGiven()
                    ? (weights, part) -> plans.on(weights, inputs, calibration.isGiven())
                    : planning(choice.request(inputs));
            Path to = dryRun ? null : output.check(file, ", or --dry-run to write nothing");
            plans.probe();
            report.check();
            GradualPruning steps = gradual.pruning(file, plans.isGiven() ? Optional.empty() : choice.share());
            done = workers.run(() -> prune(planning, calibrated, steps, to));
            report.write(done, page -> PrunePage.write(done, List.of(), page));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (json) {
            JsonReport.print(done, console.out());
        } else {
            done.print(console);
        }
        return ExitCode.OK;
    }

    private ParameterException usage(@Nullable String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static Planning planning(PruneRequest request) {
        return (weights, part) ->
                PruningPlan.of(weights, part.equals(GradualPruning.ALL) ? request : request.partly(part));
    }

    /// @param by what is done if there are samples
    /// @param to where to write the model; null to write nothing
    private PruneReport prune(Planning planning, CalibratedMethod by, GradualPruning steps, @Nullable Path to)
            throws IOException {
        ModelChanges state = steps.upToTheLast((model, part, before) -> carryOut(
                model, planning.of(WeightSearch.in(model), part), by, before, part, EncodingChoice.parse("dense")));
        Model model = OnnxReader.read(file);
        long before = FileSizes.bytes(file, model.externalFiles());
        steps.begin(model, state);
        PruningPlan plan = planning.of(WeightSearch.in(model), GradualPruning.ALL);
        if (dropInitializerInputs) {
            dropInputs(plan);
        }
        Done done = carryOut(model, plan, by, state, GradualPruning.ALL, encoding.choice());
        Optional<OnnxWriter.Sizes> written = Optional.empty();
        if (to != null) {
            written = Optional.of(output.write(model, to));
        }
        plans.write(done.plan, choice.method().names());
        return PruneReport.of(file, to, before, written, model.irVersion(), done.result);
    }

    /// @param before what earlier steps have changed in the model
    /// @param part of the way to what is asked for
    private Done carryOut(
            Model model,
            PruningPlan plan,
            CalibratedMethod by,
            ModelChanges before,
            Sparsity part,
            EncodingChoice encodings)
            throws IOException {
        if (!calibration.isGiven()) {
            return new Done(plan, Pruner.apply(model, plan, encodings, new ProgressLine(console)));
        }
        try {
            PruningPlan whole = calibration.isDivided() ? divided(plan, part) : plan;
            return calibrated(whole, model, by, before, encodings);
        } catch (ModelRunException e) {
            throw new PruningException(
                    "the model cannot be calibrated: " + e.getMessage(),
                    "file '" + file + "'",
                    "without --calibration it is pruned by magnitude");
        }
    }

    private PruningPlan divided(PruningPlan plan, Sparsity part) throws IOException, ModelRunException {
        LayerBudget budget = calibration.budget(
                plan, file, choice.pattern(), choice.seed(), workers.count(), new ProgressLine(console));
        return BudgetPlan.of(plan, budget, choice.share().map(share -> share.times(part)));
    }

    private Done calibrated(
            PruningPlan plan, Model model, CalibratedMethod by, ModelChanges before, EncodingChoice encodings)
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
            pruning.startFrom(before);
            PruningPlan own = plan.by(pruning);
            return new Done(own, Pruner.apply(model, own, encodings, new ProgressLine(console)));
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
