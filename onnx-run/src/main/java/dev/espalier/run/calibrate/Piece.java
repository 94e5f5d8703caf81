package dev.espalier.run.calibrate;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.RemoveDeadNodes;
import dev.espalier.onnx.RemoveUnusedInitializers;
import dev.espalier.onnx.Value;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.OrtModel;
import dev.espalier.run.SessionSettings;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The part of a model between some of its values and some others.
final class Piece implements AutoCloseable {
    /// None if all that is to be seen is given.
    private final Optional<OrtModel> model;
    private final Map<String, String> inputs;
    private final Set<String> outputs;

    private Piece(Optional<OrtModel> model, Map<String, String> inputs, Set<String> outputs) {
        this.model = model;
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /// @param source the model's file
    /// @param changes what some of its constants are instead, by path
    /// @param given values of the main graph that are given for each run: inputs, what nodes make, constants
    /// @param wanted names of values of the main graph
    /// @param file where to write what is run
    static Piece load(
            Path source,
            Map<String, Constant> changes,
            Map<String, ElementType> given,
            Collection<String> wanted,
            Path file,
            int threads)
            throws IOException, ModelRunException {
        Set<String> outputs = new TreeSet<>(wanted);
        outputs.removeAll(given.keySet());
        if (outputs.isEmpty()) {
            return new Piece(Optional.empty(), Map.of(), outputs);
        }
        Model model = OnnxReader.read(source);
        Graph graph = model.graph();
        GraphPatch patch = GraphPatch.labelled("observe");
        changes.forEach(
                (path, constant) -> graph.value(path).ifPresent(value -> patch.replaceConstant(value, constant)));
        patch.replaceOutputs(
                graph,
                outputs.stream().map(name -> graph.value(name).orElseThrow()).toList());
        Map<Value, ElementType> types = new LinkedHashMap<>();
        given.forEach((name, type) -> types.put(graph.value(name).orElseThrow(), type));
        Map<Value, String> names = patch.replaceInputs(graph, types);
        patch.apply();
        new RemoveDeadNodes().apply(model);
        new RemoveUnusedInitializers().apply(model);
        dropUnread(graph);
        OnnxWriter.write(model, file);
        Map<String, String> inputs = new HashMap<>();
        names.forEach((value, name) -> graph.inputs().stream()
                .filter(input -> input.name().equals(name))
                .forEach(input -> inputs.put(value.name(), name)));
        return new Piece(
                Optional.of(
                        OrtModel.load(file, SessionSettings.DEFAULT.on(threads).sleeping())),
                inputs,
                outputs);
    }

    private static void dropUnread(Graph graph) {
        Map<Value, ElementType> read = new LinkedHashMap<>();
        graph.inputs().stream()
                .filter(input -> !input.uses().isEmpty())
                .forEach(input -> read.put(input, ElementType.UNKNOWN));
        GraphPatch patch = GraphPatch.labelled("drop inputs that nothing reads");
        patch.replaceInputs(graph, read);
        patch.apply();
    }

    /// The names of what has to be given.
    Set<String> inputs() {
        return inputs.keySet();
    }

    /// What is wanted, for what is given; values that are no tensors are left out.
    ///
    /// @param arena where the results live
    Map<String, DenseTensor> run(Map<String, DenseTensor> given, Arena arena) throws ModelRunException {
        if (model.isEmpty()) {
            return Map.of();
        }
        Map<String, DenseTensor> fed = new HashMap<>();
        inputs.forEach((name, input) -> fed.put(input, given.get(name)));
        return model.get().run(fed, outputs, arena);
    }

    @Override
    public void close() throws ModelRunException {
        if (model.isPresent()) {
            model.get().close();
        }
    }
}
