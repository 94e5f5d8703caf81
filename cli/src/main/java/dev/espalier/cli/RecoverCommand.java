package dev.espalier.cli;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.PatternChoice;
import dev.espalier.pruning.PruneRequest;
import dev.espalier.pruning.PruneRule;
import dev.espalier.pruning.Pruner;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.PruningMethods;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.PruningResult;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.pruning.calibrated.CalibratedMethod;
import dev.espalier.pruning.calibrated.Recoveries;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.TemporaryFolder;
import dev.espalier.run.calibrate.OutputError;
import dev.espalier.run.calibrate.Recovery;
import dev.espalier.run.data.Dataset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
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

/// `prune --recover`: fits what is left of a pruned model to the dense one.
@Command(
        name = "prune",
        description =
                "Makes good what pruning did to a model, whatever tool pruned it: what stays is fitted to what the "
                        + "dense model computes on samples, and zeros stay where they are.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RecoverCommand implements Callable<Integer>, HasModelFile {
    private static final String CLASSIFIER = "classifier";

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The pruned ONNX file.")
    private Path file;

    @Option(
            names = "--recover",
            required = true,
            split = ",",
            paramLabel = "WHAT",
            description = "What is fitted, several with commas: bias (of every output), scale (a factor and a bias of "
                    + "every output), ridge (all weights that stay, and the bias), classifier (the same of the last "
                    + "layer alone).")
    private List<String> what;

    @Option(names = "--reference", required = true, paramLabel = "FILE", description = "The dense model.")
    private Path reference;

    @Mixin
    private CalibrationOptions calibration;

    @Mixin
    private OutputOptions output;

    @Mixin
    private EncodingOptions encoding;

    @Option(names = "--seed", description = "Seed by which samples are drawn (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--dry-run", description = "Say what would happen; write nothing.")
    private boolean dryRun;

    @Mixin
    private ReportOptions report;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private Workers workers;

    RecoverCommand(Console console) {
        this.console = console;
    }

    @Override
    public Path modelFile() {
        return file;
    }

    @Override
    public Integer call() throws Exception {
        List<CalibratedMethod> everywhere = what.stream()
                .filter(name -> !name.equals(CLASSIFIER))
                .map(this::method)
                .toList();
        if (!calibration.isGiven()) {
            throw usage("--recover fits to what the dense model computes on samples: give some with "
                    + "--calibration DATA");
        }
        calibration.requireNoAllocation("--recover leaves them where they are");
        encoding.choice();
        Path to = dryRun ? null : output.check(file, ", or --dry-run to write nothing");
        report.check();
        RecoverReport done = workers.run(() -> recover(everywhere, to));
        report.write(done, page -> PrunePage.write(done.pruned(), List.of(done.summary()), page));
        if (json) {
            JsonReport.print(done, console.out());
        } else {
            done.print(console);
        }
        return ExitCode.OK;
    }

    private CalibratedMethod method(String name) {
        return Recoveries.named(name)
                .orElseThrow(() -> usage("--recover: '" + name + "' is none of "
                        + Recoveries.ALL.stream().map(CalibratedMethod::name).collect(Collectors.joining(", ")) + ", "
                        + CLASSIFIER));
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private RecoverReport recover(List<CalibratedMethod> everywhere, @Nullable Path to) throws IOException {
        Model model = OnnxReader.read(file);
        long bytes = FileSizes.bytes(file, model.externalFiles());
        PruningPlan plan = PruningPlan.of(
                WeightSearch.in(model),
                PruneRequest.of(PruneRule.forAll(
                        Sparsity.parse("0"),
                        new PatternChoice.Unstructured(),
                        Scopes.LAYER,
                        PruningMethods.MAGNITUDE)));
        try (Dataset data = calibration.open();
                TemporaryFolder folder = TemporaryFolder.create()) {
            PruningResult result;
            try (Recovery recovery = Recovery.of(
                    reference,
                    model,
                    everywhere,
                    what.contains(CLASSIFIER),
                    data,
                    calibration.request(seed),
                    calibration.memory(),
                    workers.count())) {
                result = Pruner.apply(model, plan.by(recovery), encoding.choice(), new ProgressLine(console));
            }
            Path fitted = folder.file("fitted.onnx");
            OnnxWriter.write(model, fitted);
            double before = OutputError.between(reference, file, data, calibration.request(seed), workers.count());
            double after = OutputError.between(reference, fitted, data, calibration.request(seed), workers.count());
            Optional<OnnxWriter.Sizes> written = to == null ? Optional.empty() : Optional.of(output.write(model, to));
            return new RecoverReport(
                    PruneReport.of(file, to, bytes, written, model.irVersion(), result), before, after);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (ModelRunException e) {
            throw new PruningException(
                    "the model cannot be calibrated: " + e.getMessage(),
                    "file '" + reference + "'",
                    "ONNX Runtime has to be able to run it");
        }
    }
}
