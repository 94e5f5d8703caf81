package dev.espalier.cli;

import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What a file is, apart from its weights.
///
/// @param bytes size of the model file
/// @param externalBytes size of the files of external data
record ModelFacts(
        String file,
        long bytes,
        long externalBytes,
        long irVersion,
        Map<String, Long> opsets,
        String producer,
        int nodes,
        int nodesOutOfOrder,
        int functions,
        List<Port> inputs,
        List<Port> outputs) {
    record Port(String name, String type) {}

    static ModelFacts of(Path file, Model model) throws IOException {
        long external = 0;
        for (Path data : model.externalFiles()) {
            external += Files.size(data);
        }
        return new ModelFacts(
                file.toString(),
                Files.size(file),
                external,
                model.irVersion(),
                model.opsets().entrySet().stream()
                        .collect(Collectors.toMap(
                                e -> e.getKey().isEmpty() ? "ai.onnx" : e.getKey(),
                                Map.Entry::getValue,
                                (a, b) -> a,
                                LinkedHashMap::new)),
                model.producer(),
                model.allGraphs().stream().mapToInt(g -> g.nodes().size()).sum(),
                model.allGraphs().stream().mapToInt(Graph::nodesOutOfOrder).sum(),
                model.functions().size(),
                ports(model.graph().inputs().stream()
                        .filter(input -> !input.isInitializer())
                        .toList()),
                ports(model.graph().outputs()));
    }

    private static List<Port> ports(List<Value> values) {
        return values.stream().map(v -> new Port(v.name(), v.type().toString())).toList();
    }

    String opsetList() {
        return opsets.isEmpty()
                ? "none"
                : opsets.entrySet().stream()
                        .map(e -> e.getKey() + " " + e.getValue())
                        .collect(Collectors.joining(", "));
    }

    /// Prints it, in lines.
    void print(Console console) {
        console.out().printf("%s  %s", file, Figures.bytes(bytes));
        if (externalBytes > 0) {
            console.out().printf(" and %s of external data", Figures.bytes(externalBytes));
        }
        console.out().println();
        console.out()
                .printf(
                        "IR version %d, opset %s%s%n",
                        irVersion, opsetList(), producer.isEmpty() ? "" : ", written by " + producer);
        console.out().printf("%d nodes", nodes);
        if (functions > 0) {
            console.out().printf(", %d local functions", functions);
        }
        if (nodesOutOfOrder > 0) {
            console.out()
                    .printf(
                            ", %d of them before a node that they read (runtimes sort them, onnx.checker refuses)",
                            nodesOutOfOrder);
        }
        console.out().println();
        inputs.forEach(port -> console.out().printf("input   %s  %s%n", port.name(), port.type()));
        outputs.forEach(port -> console.out().printf("output  %s  %s%n", port.name(), port.type()));
    }
}
