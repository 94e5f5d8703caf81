package dev.espalier.cli;

import dev.espalier.onnx.OnnxWriter;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.validate.Answer;
import dev.espalier.run.validate.DataRequest;
import dev.espalier.run.validate.LatencyProbe;
import dev.espalier.run.validate.Probes;
import dev.espalier.run.validate.Subject;
import dev.espalier.run.validate.ValidateRequest;
import dev.espalier.run.validate.Validation;
import dev.espalier.run.validate.Validator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `validate`: whether a pruned model may take the original's place.
@Command(
        name = "validate",
        description = "Measures what pruning cost, and says whether the pruned model may take the original's place.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it may", "1:it may not, or that cannot be told"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ValidateCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "ORIGINAL", description = "The model before pruning.")
    private Path original;

    @Parameters(index = "1", paramLabel = "PRUNED", description = "The model after it.")
    private Path pruned;

    @Mixin
    private DataOptions data;

    @Option(
            names = "--probe",
            split = ",",
            paramLabel = "PROBE",
            completionCandidates = ProbeNames.class,
            description = "What to look at: ${COMPLETION-CANDIDATES} (default: all).")
    private Set<String> probes = new LinkedHashSet<>(Probes.ALL);

    @Option(
            names = "--gate",
            split = ",",
            paramLabel = "PROBE",
            completionCandidates = ProbeNames.class,
            description = "The probes that decide (default: accuracy, and segments where there are any).")
    private Set<String> gate = new LinkedHashSet<>();

    @Option(
            names = "--max-drop",
            paramLabel = "POINTS",
            description =
                    "How many points (hundredths) the metric may fall, or percent an error may grow (default: ${DEFAULT-VALUE}).")
    private double maxDrop = 1;

    @Option(names = "--segment", paramLabel = "ARRAY", description = "What the segments are (default: the classes).")
    private @Nullable String segment;

    @Option(
            names = "--max-segment-drop",
            paramLabel = "POINTS",
            description = "How many points it may fall in any segment (default: ${DEFAULT-VALUE}).")
    private double maxSegmentDrop = 5;

    @Option(
            names = "--max-flips",
            paramLabel = "SHARE",
            description =
                    "Which share of the half of the samples that the original is surest of may be decided otherwise "
                            + "(default: ${DEFAULT-VALUE}).")
    private double maxFlips = 0.01;

    @Option(
            names = "--noise",
            paramLabel = "DEVIATION",
            description = "Also judge both with normal noise of this standard deviation on the preprocessed inputs.")
    private double noise;

    @Option(
            names = "--min-speedup",
            paramLabel = "TIMES",
            description = "How many times as fast it must be (default: ${DEFAULT-VALUE}, not slower).")
    private double minSpeedup = 1;

    @Option(names = "--latency-batch", paramLabel = "N", description = "Rows of a run that is timed (default: 1).")
    private int latencyBatch = 1;

    @Option(names = "--latency-threads", paramLabel = "N", description = "Threads of such a run (default: 1).")
    private int latencyThreads = 1;

    @Option(
            names = "--latency-seconds",
            paramLabel = "SECONDS",
            description = "How long to time (default: ${DEFAULT-VALUE}).")
    private double latencySeconds = 5;

    @Option(names = "--split", description = "Simulate an A/B test over the data.")
    private boolean split;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a page with all of it.")
    private @Nullable Path html;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private Workers workers;

    ValidateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        known("--probe", probes, Probes.ALL);
        known("--gate", gate, List.copyOf(probes));
        if (latencyBatch < 1 || latencyThreads < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--latency-batch and --latency-threads are numbers from 1 on");
        }
        if (html != null) {
            OnnxWriter.probe(html);
        }
        StopSignal stop = StopSignal.listen(console);
        return workers.run(() -> validate(stop));
    }

    private void known(String option, Set<String> names, List<String> choices) {
        for (String name : names) {
            if (!choices.contains(name)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "Invalid value for option '" + option + "': '" + name + "' is none of "
                                + String.join(", ", choices));
            }
        }
    }

    private int validate(StopSignal stop) throws IOException {
        Subject before = Subject.read(original);
        Subject after = Subject.read(pruned);
        try (Dataset dataset = data.open()) {
            ValidateRequest request = request(data.request(dataset, segment == null ? Set.of() : Set.of(segment)));
            Validation validation =
                    new Validator(before, after, dataset, request, new ProgressLine(console), stop).validate();
            ValidateReport report = ValidateReport.of(before, after, dataset.source(), validation);
            if (html != null) {
                ValidatePage.write(report, html);
            }
            if (json) {
                JsonReport.print(report, console.out());
            } else {
                ValidateText.print(report, console.out());
            }
            return validation.answer() == Answer.PASS ? ExitCode.OK : ExitCode.NO;
        }
    }

    private ValidateRequest request(DataRequest on) {
        return new ValidateRequest(
                on,
                probes,
                gate,
                maxDrop,
                Optional.ofNullable(segment),
                maxSegmentDrop,
                maxFlips,
                noise,
                new LatencyProbe.Settings(minSpeedup, latencyThreads, latencyBatch, latencySeconds),
                split,
                data.maxBad(),
                data.seed());
    }

    static final class ProbeNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Probes.ALL.iterator();
        }
    }
}
