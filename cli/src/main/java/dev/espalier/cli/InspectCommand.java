package dev.espalier.cli;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.pruning.LayerSparsity;
import dev.espalier.pruning.ModelWeights;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.pruning.WeightSelection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `inspect`: where the weights and zeros are.
@Command(
        name = "inspect",
        description = "Shows where a model's weights and zeros are, layer by layer.",
        footer = {"", "For what can be removed as a whole: see `espalier inspect --channels --help`."},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class InspectCommand implements Callable<Integer>, HasModelFile {
    private enum Order {
        FILE,
        NAME,
        PARAMETERS,
        ZEROS,
        BYTES;

        List<InspectReport.Layer> sort(List<InspectReport.Layer> layers) {
            return switch (this) {
                case FILE -> layers;
                case NAME -> sorted(layers, Comparator.comparing(InspectReport.Layer::weight));
                case PARAMETERS ->
                    sorted(
                            layers,
                            Comparator.comparingLong(InspectReport.Layer::parameters)
                                    .reversed());
                case ZEROS ->
                    sorted(
                            layers,
                            Comparator.comparingLong(InspectReport.Layer::zeros).reversed());
                case BYTES ->
                    sorted(
                            layers,
                            Comparator.comparingLong(InspectReport.Layer::bytes).reversed());
            };
        }

        private static List<InspectReport.Layer> sorted(
                List<InspectReport.Layer> layers, Comparator<InspectReport.Layer> by) {
            return layers.stream().sorted(by).toList();
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final class Format {
        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Option(names = "--csv", description = "Print comma-separated values, one row for each layer.")
        private boolean csv;
    }

    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "The ONNX file.")
    private Path file;

    @Option(names = "--all", description = "Also the tensors that are not pruned, each with the reason.")
    private boolean all;

    @Option(
            names = "--sort",
            paramLabel = "KEY",
            description = "Order of the layers: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Order order = Order.FILE;

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
        InspectReport report = workers.run(this::inspect);
        if (format.json) {
            JsonReport.print(report, console.out());
        } else if (format.csv) {
            CsvReport.print(report.csv(), console.out());
        } else {
            report.print(console);
        }
        return ExitCode.OK;
    }

    private InspectReport inspect() throws IOException {
        Model model = OnnxReader.read(file);
        ModelWeights weights = WeightSearch.in(model);
        WeightSelection selection = WeightSelection.of(weights, names.included(), names.excluded());
        List<LayerSparsity> layers =
                selection.weights().parallelStream().map(LayerSparsity::of).toList();
        List<InspectReport.Layer> rows =
                order.sort(layers.stream().map(InspectReport.Layer::of).toList());
        return new InspectReport(
                JsonReport.SCHEMA_VERSION,
                ModelFacts.of(file, model),
                rows,
                InspectReport.Totals.of(rows),
                all
                        ? selection.leftAlone().stream()
                                .map(InspectReport.Tensor::of)
                                .toList()
                        : List.of(),
                notes(layers));
    }

    /// What could make use of zeros. Nothing here promises speed.
    private static List<String> notes(List<LayerSparsity> layers) {
        if (layers.stream().allMatch(layer -> layer.zeros() == 0)) {
            return List.of();
        }
        List<String> notes = new ArrayList<>();
        notes.add("Who can use such zeros: ONNX Runtime's CPU provider computes with them like with any number;");
        notes.add("TensorRT has kernels for the 2:4 pattern; XNNPACK for 1x1 convolutions and dense layers above 2/3");
        long suitable = layers.stream().filter(LayerSparsity::suitsXnnpack).count();
        notes.add("zeros (%d of these %d layers).".formatted(suitable, layers.size()));
        return notes;
    }
}
