package dev.espalier.cli;

import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.Feed;
import dev.espalier.run.data.Field;
import dev.espalier.run.validate.DataRequest;
import dev.espalier.run.validate.Evaluation;
import dev.espalier.run.validate.Figure;
import dev.espalier.run.validate.Subject;
import dev.espalier.run.validate.Validator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `accuracy`: how well one model does on data.
@Command(
        name = "accuracy",
        description = "Measures how well a model does on labelled data.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class AccuracyCommand implements Callable<Integer>, HasModelFile {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The ONNX file.")
    private Path file;

    @Mixin
    private DataOptions data;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private Workers workers;

    /// What it found.
    ///
    /// @param figures the task's metric first
    /// @param withNaN samples whose output has a NaN
    record Report(
            int schemaVersion,
            String model,
            String data,
            String task,
            String labels,
            int samples,
            boolean isPartial,
            List<Figure> figures,
            int withNaN,
            List<Feed.Unreadable> unreadable) {}

    AccuracyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Path modelFile() {
        return file;
    }

    @Override
    public Integer call() throws Exception {
        Report report = workers.run(this::measure);
        if (json) {
            JsonReport.print(report, console.out());
        } else {
            print(report);
        }
        return ExitCode.OK;
    }

    private Report measure() throws IOException {
        try (Dataset dataset = data.open()) {
            DataRequest request = data.request(dataset, Set.of());
            if (!request.task().needsLabels()) {
                throw new ParameterException(
                        spec.commandLine(), "one model cannot be judged without labels: name the array with --labels");
            }
            StopSignal stop = StopSignal.listen(console);
            Evaluation found =
                    Validator.evaluate(List.of(Subject.read(file)), dataset, request, new ProgressLine(console), stop);
            List<Figure> figures = new ArrayList<>();
            figures.add(new Figure(request.task().metric().toString(), found.metric(0)));
            figures.addAll(found.scores(0).figures());
            return new Report(
                    JsonReport.SCHEMA_VERSION,
                    file.toString(),
                    dataset.source().toString(),
                    request.task().name(),
                    request.labels().map(Field::name).orElse(""),
                    found.size(),
                    found.isPartial(),
                    figures,
                    found.scores(0).withNaN(),
                    found.unreadable());
        }
    }

    private void print(Report report) {
        console.out()
                .println(new TextTable<Figure>()
                        .text(report.task, Figure::name)
                        .number("", figure -> ValidateText.figure(figure.value()))
                        .render(report.figures, 0));
        String basis =
                Figures.count(report.samples) + " samples of " + report.data + ", labels '" + report.labels + "'";
        console.out().println(basis + (report.isPartial ? "; PARTIAL: it was ended early" : ""));
        if (report.withNaN > 0) {
            console.out().println(Figures.count(report.withNaN) + " outputs have a NaN");
        }
        report.unreadable.forEach(
                one -> console.out().println("sample " + one.sample() + " could not be read: " + one.reason()));
    }
}
