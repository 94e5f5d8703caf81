package dev.espalier.cli;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.EncodingChoice;
import dev.espalier.pruning.Exporter;
import dev.espalier.pruning.InMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `export`: stores the zeros of a model in another form.
@Command(
        name = "export",
        description =
                "Stores the zeros of a model in another form, smaller or for another runtime; every element stays "
                        + "the same. Sparse tensors that other tools wrote wrongly come out right.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ExportCommand implements Callable<Integer>, HasModelFile {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The ONNX file.")
    private Path file;

    @Mixin
    private OutputOptions output;

    @Mixin
    private EncodingOptions encoding;

    @Option(
            names = "--compressed-in-memory",
            description = "For ONNX Runtime: weights that stay packed in its memory and are decoded at each run, which "
                    + "takes longer. Prints the options that a session needs for that, and measures both.")
    private boolean isInMemory;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private Workers workers;

    ExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Path modelFile() {
        return file;
    }

    @Override
    public Integer call() throws Exception {
        choice();
        Path to = output.check(file, "");
        ExportReport report = workers.run(() -> export(to));
        if (json) {
            JsonReport.print(report, console.out());
        } else {
            report.print(console);
        }
        return ExitCode.OK;
    }

    private ExportReport export(Path to) throws IOException {
        Model model = OnnxReader.read(file);
        Exporter.Result result = store(model);
        // After what may be refused: compressing a large model takes a minute.
        FileSizes before = FileSizes.of(file, model.externalFiles());
        OnnxWriter.Sizes written = output.write(model, to);
        FileSizes after = FileSizes.of(to, written.files());
        InMemoryReport inMemory = isInMemory ? InMemoryReport.measure(to) : null;
        return ExportReport.of(file, to, before, after, model.irVersion(), result, inMemory);
    }

    private Exporter.Result store(Model model) {
        ProgressLine progress = new ProgressLine(console);
        if (isInMemory) {
            return InMemory.apply(model, choice(), progress);
        }
        InMemory.undeclare(model);
        return Exporter.apply(model, choice(), progress);
    }

    private EncodingChoice choice() {
        EncodingChoice choice = encoding.choice();
        try {
            return isInMemory ? choice.inMemory() : choice;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--compressed-in-memory: " + e.getMessage());
        }
    }
}
