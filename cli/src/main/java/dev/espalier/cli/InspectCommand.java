package dev.espalier.cli;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.pruning.LayerSparsity;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.pruning.WeightSelection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `inspect`: where the weights and zeros are.
@Command(
        name = "inspect",
        description = "Shows where a model's weights and zeros are, layer by layer.",
        footer = {"", "For what can be removed as a whole: see `espalier inspect --channels --help`."},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class InspectCommand implements Callable<Integer>, HasModelFile {
    private static final class Format {
        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Option(names = "--csv", description = "Print comma-separated values, one row for each layer.")
        private boolean csv;
    }

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The ONNX file.")
    private Path file;

    @Option(names = "--all", description = "Also the tensors that are not pruned, each with the reason.")
    private boolean all;

    @ArgGroup
    private LayerViews views = new LayerViews();

    @Option(
            names = "--sort",
            paramLabel = "KEY",
            description = "Order of the layers: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private LayerOrder order = LayerOrder.FILE;

    @Mixin
    private NameOptions names;

    @ArgGroup
    private Format format = new Format();

    @Mixin
    private Workers workers;

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Path modelFile() {
        return file;
    }

    @Override
    public Integer call() throws Exception {
        checkOptions();
        Report report = workers.run(this::inspect);
        if (format.json) {
            JsonReport.print(report, console.out());
        } else if (format.csv && report instanceof InspectReport layers) {
            CsvReport.print(layers.csv(), console.out());
        } else {
            report.print(console);
        }
        return ExitCode.OK;
    }

    /// Nothing that was asked for is left out without a word.
    private void checkOptions() {
        boolean isDiff = views.other().isPresent();
        if (views.isAsked() && format.csv) {
            throw usage("--csv goes with the table of sizes only");
        } else if (views.isAsked() && all && !isDiff) {
            throw usage("--all goes with the table of sizes and with --diff only");
        } else if (isDiff && order != LayerOrder.FILE) {
            throw usage("--sort does not go with --diff, whose order is that of the files");
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private Report inspect() throws IOException {
        Model model = OnnxReader.read(file);
        if (views.other().isPresent()) {
            return DiffReport.of(file, model, views.other().get(), names, all);
        }
        WeightSelection selection = WeightSelection.of(WeightSearch.in(model), names.included(), names.excluded());
        List<LayerSparsity> layers = order.sort(
                selection.weights().parallelStream().map(LayerSparsity::of).toList());
        ModelFacts facts = ModelFacts.of(file, model);
        Optional<Report> view = views.of(facts, layers);
        return view.isPresent() ? view.get() : InspectReport.of(facts, layers, all ? selection.leftAlone() : List.of());
    }
}
