package dev.espalier.cli;

import dev.espalier.run.validate.Latency;
import dev.espalier.run.validate.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `latency`: how long a model takes, or whether another one is faster.
@Command(
        name = "latency",
        description = "Times a model in ONNX Runtime on random inputs, or two models in turns, and says whether the "
                + "difference is more than the machine's noise.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class LatencyCommand implements Callable<Integer>, HasModelFile {
    private final Console console;

    @Parameters(index = "0", paramLabel = "MODEL", description = "The ONNX file.")
    private Path file;

    @Parameters(index = "1", arity = "0..1", paramLabel = "OTHER", description = "Another one to compare it with.")
    private @Nullable Path other;

    @Mixin
    private TimingOptions timing;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    LatencyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Path modelFile() {
        return file;
    }

    @Override
    public Integer call() throws IOException {
        Latency.Settings settings = timing.settings();
        List<Subject> subjects = new ArrayList<>(List.of(Subject.read(file)));
        if (other != null) {
            subjects.add(Subject.read(other));
        }
        timing.requireInputs(subjects);
        StopSignal stop = StopSignal.listen(console);
        Latency latency = Latency.of(subjects, settings, new ProgressLine(console), stop);
        if (json) {
            JsonReport.print(LatencyReport.of(latency), console.out());
        } else {
            LatencyReport.of(latency).print(console);
        }
        return ExitCode.OK;
    }
}
