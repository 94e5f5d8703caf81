package dev.espalier.run;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.RemoveDeadNodes;
import dev.espalier.onnx.RemoveUnusedInitializers;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.channels.Origins;
import dev.espalier.sparse.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Compares two models where both choose alike: one runs, the other is given what the first has chosen, and then
/// their outputs have to be the same, and whatever choices are made from. As the nodes that choose are the same in
/// both, the models are then equal but for choices among what rounding makes equal.
final class SameChoices {
    private final Path pruned;
    private final Path masked;
    private final Graph graph;
    private final Set<String> chosen = new LinkedHashSet<>();
    private final Set<String> wanted = new LinkedHashSet<>();
    private int choices;

    private SameChoices(Path pruned, Path masked, Graph graph) {
        this.pruned = pruned;
        this.masked = masked;
        this.graph = graph;
    }

    /// @param cut names of values of the main graph that are smaller in the pruned model: its choices among them are
    ///     its own
    static SameChoices of(Path pruned, Path masked, Set<String> cut) throws IOException {
        Graph one = OnnxReader.read(pruned).graph();
        SameChoices all = new SameChoices(pruned, masked, one);
        Graph other = OnnxReader.read(masked).graph();
        Set<Value> readByChoices = new LinkedHashSet<>();
        for (Node node : Choices.in(one)) {
            Node match = node.outputs().stream()
                    .findFirst()
                    .flatMap(output -> other.value(output.name()))
                    .flatMap(Value::producer)
                    .orElse(null);
            Set<Value> read = Origins.read(node);
            boolean isCut = read.stream().anyMatch(value -> cut.contains(value.name()))
                    || node.outputs().stream().anyMatch(value -> cut.contains(value.name()));
            if (match != null && !isCut && Choices.isSame(node, match)) {
                all.choices++;
                node.outputs().forEach(output -> all.chosen.add(output.name()));
                readByChoices.addAll(read);
            }
        }
        one.outputs().forEach(all::want);
        readByChoices.forEach(all::want);
        return all;
    }

    /// What both are given is not compared.
    private void want(Value value) {
        if (!value.isInput() && value.constant().isEmpty() && !chosen.contains(value.name())) {
            wanted.add(value.name());
        }
    }

    /// The pruned model's main graph.
    Graph graph() {
        return graph;
    }

    /// How many nodes choose.
    int count() {
        return choices;
    }

    /// Runs both.
    ///
    /// @param folder for what is run
    /// @throws ModelRunException if the runtime refuses one of them, or no random inputs fit
    Difference compare(TemporaryFolder folder, long seed) throws ModelRunException, IOException {
        Path shown = folder.file("shown.onnx");
        Model first = OnnxReader.read(masked);
        Set<String> all = new LinkedHashSet<>(wanted);
        all.addAll(chosen);
        GraphPatch patch = GraphPatch.labelled("show choices");
        patch.replaceOutputs(first.graph(), values(first.graph(), all));
        patch.apply();
        write(first, shown);
        try (OrtModel model = OrtModel.load(shown)) {
            return Difference.onInputsThatFit(graph, seed, inputs -> compare(inputs, model.run(inputs), folder))
                    .withChoices(choices);
        }
    }

    private Difference compare(Map<String, OnnxTensor> inputs, Map<String, Output> made, TemporaryFolder folder)
            throws ModelRunException {
        Map<String, Output> expected = new LinkedHashMap<>(made);
        expected.keySet().retainAll(wanted);
        Map<String, OnnxTensor> given = new HashMap<>();
        try {
            Map<String, ElementType> types = new LinkedHashMap<>();
            for (String name : chosen) {
                Output.Numbers choice = numbers(name, made);
                types.put(name, RandomInputs.elementType(choice.type()));
            }
            Path open = folder.file("open.onnx");
            for (Map.Entry<String, String> input : open(types, open).entrySet()) {
                given.put(input.getValue(), tensor(numbers(input.getKey(), made)));
            }
            Map<String, OnnxTensor> all = new HashMap<>(inputs);
            all.putAll(given);
            try (OrtModel model = OrtModel.load(open)) {
                return Difference.of(expected, model.run(all));
            }
        } catch (IOException e) {
            throw new ModelRunException(String.valueOf(e.getMessage()));
        } finally {
            given.values().forEach(OnnxTensor::close);
        }
    }

    /// Writes the pruned model, to which choices are given.
    ///
    /// @return the inputs' names by those of the choices
    private Map<String, String> open(Map<String, ElementType> types, Path to) throws IOException {
        Model model = OnnxReader.read(pruned);
        Graph opened = model.graph();
        Map<Value, ElementType> inputs = new LinkedHashMap<>();
        opened.inputs().forEach(input -> inputs.put(input, ElementType.UNKNOWN));
        types.forEach((name, type) -> inputs.put(opened.value(name).orElseThrow(), type));
        GraphPatch patch = GraphPatch.labelled("give choices");
        patch.replaceOutputs(opened, values(opened, wanted));
        Map<Value, String> names = patch.replaceInputs(opened, inputs);
        patch.apply();
        write(model, to);
        Map<String, String> given = new LinkedHashMap<>();
        names.forEach((value, name) -> {
            if (types.containsKey(value.name())) {
                given.put(value.name(), name);
            }
        });
        return given;
    }

    private static Output.Numbers numbers(String name, Map<String, Output> made) throws ModelRunException {
        if (made.get(name) instanceof Output.Numbers numbers) {
            return numbers;
        }
        throw new ModelRunException("a choice that is no tensor of numbers cannot be given: '" + name + "'");
    }

    private static OnnxTensor tensor(Output.Numbers numbers) throws ModelRunException {
        ByteBuffer from = numbers.bytes();
        ByteBuffer bytes = ByteBuffer.allocateDirect(from.remaining()).order(from.order());
        try {
            return OnnxTensor.createTensor(
                    OrtRuntime.environment(), bytes.put(from).flip(), numbers.shape(), numbers.type());
        } catch (OrtException e) {
            throw OrtRuntime.refusal(e);
        }
    }

    private static List<Value> values(Graph graph, Set<String> names) {
        return names.stream().map(name -> graph.value(name).orElseThrow()).toList();
    }

    private static void write(Model model, Path to) throws IOException {
        new RemoveDeadNodes().apply(model);
        new RemoveUnusedInitializers().apply(model);
        OnnxWriter.write(model, to);
    }
}
