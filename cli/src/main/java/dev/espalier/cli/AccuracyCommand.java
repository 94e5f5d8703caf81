package dev.espalier.cli;

import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.Feed;
import dev.espalier.run.data.Field;
import dev.espalier.run.validate.Confusion;
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
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all samples were judged",
            "1:outputs have a NaN, or more samples than --max-bad are unreadable"
        })
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
    /// @param isPartial whether it was ended early
    /// @param classes names of the classes by number; empty if they have none
    /// @param figures what the task is judged by first
    /// @param confusions of the classes that the model decides worst
    /// @param withNaN samples whose output has a NaN
    /// @param maxBad how many samples may be unreadable
    record Report(
            int schemaVersion,
            String model,
            String data,
            String task,
            String labels,
            List<String> classes,
            int samples,
            boolean isPartial,
            List<Figure> figures,
            List<Confusion> confusions,
            int withNaN,
            int maxBad,
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
        boolean isWhole = !report.isPartial && report.withNaN == 0 && report.unreadable.size() <= report.maxBad;
        return isWhole ? ExitCode.OK : ExitCode.NO;
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
            figures.add(new Figure(request.metric().toString(), found.metric(0)));
            figures.addAll(found.figures(0));
            return new Report(
                    JsonReport.SCHEMA_VERSION,
                    file.toString(),
                    dataset.source().toString(),
                    request.task().name(),
                    request.labels().map(Field::name).orElse(""),
                    request.classes(),
                    found.size(),
                    found.isPartial(),
                    figures,
                    Confusion.worst(found),
                    found.scores(0).withNaN(),
                    data.maxBad(),
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
        if (!report.confusions.isEmpty()) {
            console.out().println();
            console.out()
                    .println(new TextTable<Confusion>()
                            .text("worst classes", c -> ValidateText.name(report.classes, c.label()))
                            .number("samples", c -> Figures.count(c.samples()))
                            .number("right %", c -> ValidateText.right(c, 0))
                            .text("taken for", c -> ValidateText.mistakes(c, 0, report.classes))
                            .render(report.confusions, 0));
        }
        if (report.withNaN > 0) {
            console.out().println(Figures.count(report.withNaN) + " outputs have a NaN");
        }
        ValidateText.printUnreadable(report.unreadable, report.maxBad, console.out());
    }
}
