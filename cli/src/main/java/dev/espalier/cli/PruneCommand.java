package dev.espalier.cli;

import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.NameGlob;
import dev.espalier.pruning.PatternChoice;
import dev.espalier.pruning.PruneRequest;
import dev.espalier.pruning.Pruner;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.PruningMethod;
import dev.espalier.pruning.PruningMethods;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.PruningResult;
import dev.espalier.pruning.Scope;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.Weight;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.pruning.calibrated.CalibratedMethod;
import dev.espalier.pruning.calibrated.CalibratedMethods;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.calibrate.CalibratedPruning;
import dev.espalier.run.data.Dataset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
        footer = {"", "To remove whole channels: see `espalier prune --pattern channels --help`."},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class PruneCommand implements Callable<Integer>, HasModelFile {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The ONNX file.")
    private Path file;

    @Option(
            names = {"-s", "--sparsity"},
            paramLabel = "SHARE",
            converter = Converters.SparsityConverter.class,
            description = "Share of the weights that is zero in the end, 0.9 or 90%%. What is zero already counts. "
                    + "Follows from --pattern KEEP:GROUP.")
    private @Nullable Sparsity sparsity;

    @Mixin
    private OutputOptions output;

    @Option(
            names = "--pattern",
            paramLabel = "PATTERN",
            converter = Converters.PatternConverter.class,
            description = "Which weights may be zero together: " + PatternChoice.FORMS + ". KEEP:GROUP keeps KEEP of "
                    + "every GROUP along the inputs; a block has R outputs and C inputs and goes by the mean of its "
                    + "|w|, or the largest (default: ${DEFAULT-VALUE}). Or channels, see below.")
    private PatternChoice pattern = new PatternChoice.Unstructured();

    @Option(
            names = "--scope",
            description = "What the share is counted over, one of ${COMPLETION-CANDIDATES}: every layer alone, or all "
                    + "of them together (default: ${DEFAULT-VALUE}).")
    private Scope scope = Scope.LAYER;

    @Option(
            names = "--method",
            converter = Converters.MethodConverter.class,
            completionCandidates = Converters.Methods.class,
            description = "How to choose, one of ${COMPLETION-CANDIDATES} (default: magnitude, the smallest |w| go; "
                    + "with --calibration admm).")
    private @Nullable String method;

    @Mixin
    private NameOptions names;

    @Option(
            names = "--layer",
            paramLabel = "GLOB=SHARE",
            description = "Another sparsity, or pattern, for the layers whose node or tensor name matches. "
                    + "Repeatable; the last that matches counts.")
    private Map<String, String> layers = new LinkedHashMap<>();

    @Mixin
    private EncodingOptions encoding;

    @Mixin
    private CalibrationOptions calibration;

    @Option(
            names = "--drop-initializer-inputs",
            description = "Weights that are also graph inputs are inputs no longer, so that they can be stored sparse.")
    private boolean dropInitializerInputs;

    @Option(names = "--seed", description = "Seed of the methods that draw lots (default: ${DEFAULT-VALUE}).")
    private long seed;

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
        PruneRequest request = request(share());
        encoding.choice();
        if (calibration.isGiven() && scope != Scope.LAYER) {
            throw usage("with --calibration layer after layer is pruned: it does not go with another --scope");
        }
        CalibratedMethod calibrated = calibratedMethod();
        Path to = dryRun ? null : output.check(file, ", or --dry-run to write nothing");
        PruneReport report = workers.run(() -> prune(request, calibrated, to));
        if (json) {
            JsonReport.print(report, console.out());
        } else {
            report.print(console);
        }
        return ExitCode.OK;
    }

    private PruningMethod plainMethod() {
        return Optional.ofNullable(method).flatMap(PruningMethods::named).orElse(PruningMethods.MAGNITUDE);
    }

    private CalibratedMethod calibratedMethod() {
        Optional<CalibratedMethod> found = Optional.ofNullable(method).flatMap(CalibratedMethods::named);
        if (found.isPresent() && !calibration.isGiven()) {
            throw usage("--method " + method + " prunes by what layers compute on samples: give some with "
                    + "--calibration DATA");
        }
        if (calibration.isGiven() && method != null && found.isEmpty()) {
            throw usage("--method " + method + " makes no use of samples: leave out --calibration, or choose among "
                    + CalibratedMethods.ALL.stream().map(CalibratedMethod::name).collect(Collectors.joining(", ")));
        }
        return found.orElse(CalibratedMethods.ADMM);
    }

    private Sparsity share() {
        return Optional.ofNullable(sparsity)
                .or(pattern::sparsity)
                .orElseThrow(() -> usage("Missing required option: '--sparsity=SHARE'"));
    }

    private PruneRequest request(Sparsity share) {
        try {
            return new PruneRequest(
                    share,
                    pattern,
                    scope,
                    plainMethod(),
                    names.included(),
                    names.excluded(),
                    layers.entrySet().stream()
                            .map(option -> layerTarget(option, share))
                            .toList(),
                    seed);
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private PruneRequest.LayerTarget layerTarget(Map.Entry<String, String> option, Sparsity share) {
        try {
            return PruneRequest.LayerTarget.parse(NameGlob.of(option.getKey()), option.getValue(), share, pattern);
        } catch (IllegalArgumentException e) {
            throw usage("--layer " + option.getKey() + ": " + e.getMessage());
        }
    }

    private ParameterException usage(@Nullable String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /// @param calibrated what is done if there are samples
    /// @param to where to write the model; null to write nothing
    private PruneReport prune(PruneRequest request, CalibratedMethod calibrated, @Nullable Path to) throws IOException {
        Model model = OnnxReader.read(file);
        long before = FileSizes.bytes(file, model.externalFiles());
        PruningPlan plan = PruningPlan.of(WeightSearch.in(model), request);
        if (dropInitializerInputs) {
            dropInputs(plan);
        }
        PruningResult result = calibration.isGiven()
                ? calibrated(model, plan, calibrated)
                : Pruner.apply(model, plan, encoding.choice(), new ProgressLine(console));
        Optional<OnnxWriter.Sizes> written = Optional.empty();
        if (to != null) {
            written = Optional.of(output.write(model, to));
        }
        return PruneReport.of(file, to, before, written, model.irVersion(), result);
    }

    private PruningResult calibrated(Model model, PruningPlan plan, CalibratedMethod by) throws IOException {
        try (Dataset data = calibration.open();
                CalibratedPruning pruning =
                        CalibratedPruning.of(by, plan.weights(), file, data, calibration.request(seed), calibration.memory(), workers.count())) {
            return Pruner.apply(model, plan.by(pruning), encoding.choice(), new ProgressLine(console));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (ModelRunException e) {
            throw new PruningException(
                    "the model cannot be calibrated: " + e.getMessage(),
                    "file '" + file + "'",
                    "without --calibration it is pruned by magnitude");
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
