package dev.espalier.cli;

import dev.espalier.onnx.OnnxReader;
import dev.espalier.pruning.channels.ChannelDot;
import dev.espalier.pruning.channels.ChannelStructure;
import dev.espalier.pruning.channels.ChannelWhy;
import dev.espalier.run.OrtShapeProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `inspect --channels`: which channels can go, and why others cannot.
@Command(
        name = "inspect",
        description = "Shows which channels of a model can go and what each frees, or why those of a tensor cannot.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ChannelInspectCommand implements Callable<Integer>, HasModelFile {
    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "The ONNX file.")
    private Path file;

    @Option(names = "--channels", description = "List the groups of channels.")
    @SuppressWarnings("UnusedVariable") // what this command is chosen by
    private boolean channels;

    @Option(
            names = "--why",
            paramLabel = "TENSOR",
            description = "Say of each axis of a tensor whether its indices can go, and what freezes them. Repeatable.")
    private List<String> why = new ArrayList<>();

    @Option(
            names = "--dot",
            paramLabel = "FILE",
            description = "Also write a picture of which layers share channels, for Graphviz.")
    private @Nullable Path dot;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private StructureOptions structure;

    @Mixin
    private Workers workers;

    ChannelInspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Path modelFile() {
        return file;
    }

    @Override
    public Integer call() throws Exception {
        ChannelInspectReport report = workers.run(this::inspect);
        if (json) {
            JsonReport.print(report, console.out());
        } else {
            report.print(console);
        }
        return ExitCode.OK;
    }

    private ChannelInspectReport inspect() throws IOException {
        OrtShapeProbe probe = new OrtShapeProbe(file);
        ChannelStructure found = ChannelStructure.of(OnnxReader.read(file), probe, structure.options(false));
        List<ChannelWhy> answers =
                why.stream().map(name -> ChannelWhy.of(found, name)).toList();
        if (dot != null) {
            Files.writeString(dot, ChannelDot.of(found));
        }
        return ChannelInspectReport.of(file, found, answers, probe.failure());
    }
}
