package dev.espalier.cli;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.Exporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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

    @Parameters(paramLabel = "MODEL", description = "The ONNX file.")
    private Path file;

    @Mixin
    private OutputOptions output;

    @Mixin
    private EncodingOptions encoding;

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
        encoding.choice();
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
        FileSizes before = FileSizes.of(file, model.externalFiles());
        Exporter.Result result = Exporter.apply(model, encoding.choice(), new ProgressLine(console));
        OnnxWriter.Sizes written = output.write(model, to);
        return ExportReport.of(file, to, before, FileSizes.of(to, written.files()), model.irVersion(), result);
    }
}
