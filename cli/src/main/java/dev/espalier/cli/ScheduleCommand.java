package dev.espalier.cli;

import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.schedule.Schedule;
import dev.espalier.pruning.schedule.ScheduleFormat;
import dev.espalier.pruning.schedule.ScheduleFormats;
import dev.espalier.pruning.schedule.ScheduleSettings;
import dev.espalier.pruning.schedule.Schedules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `schedule`: how sparse a model is to be at each step, as a table and a chart, and in the words of other tools.
@Command(
        name = "schedule",
        description =
                "Shows how sparse a model is to be at each step of a gradual pruning, and writes it for the tools "
                        + "that prune while they train.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ScheduleCommand implements Callable<Integer> {
    private static final class Format {
        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Option(names = "--csv", description = "Print comma-separated values, a row for each step.")
        private boolean csv;

        @Option(
                names = "--as",
                paramLabel = "TOOL",
                converter = Converters.ScheduleFormatConverter.class,
                completionCandidates = Converters.ScheduleFormatNames.class,
                description = "Print the schedule for another tool: ${COMPLETION-CANDIDATES}. A comment says how far "
                        + "the tool's schedule is from this one.")
        private @Nullable ScheduleFormat tool;
    }

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "SCHEDULE",
            completionCandidates = Converters.ScheduleNames.class,
            description = "${COMPLETION-CANDIDATES}, or milestones: 20:10%%,50:60%%,80:85%%,100:90%%.")
    private String name;

    @Mixin
    private ScheduleOptions options;

    @Option(
            names = "--compare",
            paramLabel = "SCHEDULE",
            description = "Show another schedule beside it, from the same begin to the same end and sparsity. "
                    + "Repeatable.")
    private List<String> compared = List.of();

    @Option(names = "--at", paramLabel = "STEP", split = ",", description = "Only these steps.")
    private List<Long> at = List.of();

    @Option(names = "--all", description = "Every step at which a target changes, and not only some of them.")
    private boolean all;

    @Option(
            names = "--plot",
            description = "How to draw it: ${COMPLETION-CANDIDATES} (default: auto, braille where the terminal's "
                    + "language is in UTF-8).")
    private TextPlot.Style plot = TextPlot.Style.AUTO;

    @Option(names = "--svg", paramLabel = "FILE", description = "Also write a chart as SVG.")
    private @Nullable Path svg;

    @ArgGroup
    private Format format = new Format();

    ScheduleCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        ScheduleReport report;
        Schedule schedule;
        try {
            ScheduleSettings settings = settings();
            schedule = Schedules.parse(name, settings);
            long steps = Schedules.lastStep(schedule, settings);
            List<Schedule> others = compared.stream()
                    .map(other -> Schedules.parseLike(schedule, steps, other, settings))
                    .toList();
            boolean thin = !all && !format.json && !format.csv;
            report = ScheduleReport.of(schedule, others, steps, at, thin);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        if (svg != null) {
            OnnxWriter.probe(svg);
            TextFile.write(svg, report.chart().svg());
        }
        print(report, schedule);
        return ExitCode.OK;
    }

    private ScheduleSettings settings() {
        ScheduleSettings settings = options.settings();
        if (!Schedules.isMilestones(name) && settings.last().isEmpty()) {
            throw new IllegalArgumentException("no final sparsity: say -s SHARE");
        }
        List<String> texts = new ArrayList<>(compared);
        texts.add(name);
        Schedules.requireUse(texts, settings);
        return settings;
    }

    private void print(ScheduleReport report, Schedule schedule) {
        if (format.json) {
            JsonReport.print(report, console.out());
        } else if (format.csv) {
            CsvReport.print(report.csv(), console.out());
        } else if (format.tool != null) {
            console.out().print(ScheduleFormats.write(format.tool, schedule));
        } else {
            report.print(console, plot);
            if (svg != null) {
                console.out().println("\nchart: " + svg);
            }
        }
    }
}
