package dev.espalier.cli;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.pruning.LayerSensitivity;
import dev.espalier.pruning.PatternChoice;
import dev.espalier.pruning.PruneRequest;
import dev.espalier.pruning.PruneRule;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.PruningMethods;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.pruning.WeightSelection;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.run.ModelRunException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sensitivity`: which layers lose most.
@Command(
        name = "sensitivity",
        description = "Shows how much of their energy, the sum of squares, layers lose when their smallest weights go, "
                + "the weakest first. Needs no data, and measures no accuracy. With --calibration, what each layer alone "
                + "does to the output when it is pruned and fitted.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SensitivityCommand implements Callable<Integer>, HasModelFile {
    private static final List<Sparsity> DEFAULT_LEVELS =
            List.of(Sparsity.parse("50%"), Sparsity.parse("70%"), Sparsity.parse("80%"), Sparsity.parse("90%"));

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The ONNX file.")
    private Path file;

    @Option(
            names = "--levels",
            paramLabel = "SHARE",
            split = ",",
            converter = Converters.LevelConverter.class,
            description = "Shares of zeros to look at, in percent, or below 1 as a share (default: 50,70,80,90).")
    private List<Sparsity> levels = List.of();

    @Mixin
    private NameOptions names;

    @Mixin
    private CalibrationOptions calibration;

    @Option(names = "--seed", description = "Seed by which samples are drawn (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private ReportOptions page;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private Workers workers;

    SensitivityCommand(Console console) {
        this.console = console;
    }

    @Override
    public Path modelFile() {
        return file;
    }

    @Override
    public Integer call() throws Exception {
        if (calibration.isGiven()) {
            calibration.requireNotAllocated("sensitivity only shows what --allocate auto of prune goes by");
            if (!levels.isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(), "--levels are of the energy that is lost: what samples say has its own");
            }
        }
        page.check();
        Report report = workers.run(calibration.isGiven() ? this::curves : this::look);
        if (json) {
            JsonReport.print(report, console.out());
        } else {
            report.print(console);
        }
        return ExitCode.OK;
    }

    private CurvesReport curves() throws IOException {
        PatternChoice pattern = new PatternChoice.Unstructured();
        PruneRule all = PruneRule.forAll(Sparsity.parse("0"), pattern, Scopes.LAYER, PruningMethods.MAGNITUDE);
        PruningPlan plan = PruningPlan.of(
                WeightSearch.in(OnnxReader.read(file)),
                new PruneRequest(List.of(all), names.included(), names.excluded(), seed));
        try {
            CurvesReport report = CurvesReport.of(
                    file.toString(),
                    calibration.curves(
                            plan, file, pattern.toString(), seed, workers.count(), new ProgressLine(console)));
            page.write(report, to -> SensitivityPage.write(report, to));
            return report;
        } catch (ModelRunException e) {
            throw new PruningException(
                    "the model cannot be calibrated: " + e.getMessage(),
                    "file '" + file + "'",
                    "without --calibration no samples are needed");
        }
    }

    private SensitivityReport look() throws IOException {
        Model model = OnnxReader.read(file);
        WeightSelection selection = WeightSelection.of(WeightSearch.in(model), names.included(), names.excluded());
        SortedSet<Sparsity> distinct = new TreeSet<>(Comparator.comparing(Sparsity::share));
        distinct.addAll(levels.isEmpty() ? DEFAULT_LEVELS : levels);
        List<Sparsity> ascending = List.copyOf(distinct);
        SensitivityReport report = SensitivityReport.of(
                ModelFacts.of(file, model),
                ascending,
                selection.weights().parallelStream()
                        .map(weight -> LayerSensitivity.of(weight, ascending))
                        .toList());
        page.write(report, to -> SensitivityPage.write(report, to));
        return report;
    }
}
