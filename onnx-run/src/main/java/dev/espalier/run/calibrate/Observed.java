package dev.espalier.run.calibrate;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.RemoveDeadNodes;
import dev.espalier.onnx.RemoveUnusedInitializers;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.OrtModel;
import dev.espalier.run.Output;
import dev.espalier.sparse.DenseTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A model that is run up to some of its inner values, which are its outputs.
final class Observed implements AutoCloseable {
    /// None if all that is to be seen is given.
    private final Optional<OrtModel> model;
    private final Set<String> names;
    private final Set<String> given;

    private Observed(Optional<OrtModel> model, Set<String> names, Set<String> given) {
        this.model = model;
        this.names = names;
        this.given = given;
    }

    /// @param source the model's file
    /// @param changes what some of its constants are instead, by path
    /// @param values names of values of the main graph
    /// @param file where to write what is run
    static Observed load(Path source, Map<String, Constant> changes, List<String> values, Path file, int threads)
            throws IOException, ModelRunException {
        Model model = OnnxReader.read(source);
        Graph graph = model.graph();
        Set<String> given = new TreeSet<>();
        Set<String> names = new TreeSet<>();
        for (String name : values) {
            boolean isGiven =
                    graph.inputs().stream().anyMatch(input -> input.name().equals(name));
            (isGiven ? given : names).add(name);
        }
        if (names.isEmpty()) {
            return new Observed(Optional.empty(), names, given);
        }
        GraphPatch patch = GraphPatch.labelled("observe");
        changes.forEach(
                (path, constant) -> patch.replaceConstant(graph.value(path).orElseThrow(), constant));
        patch.replaceOutputs(
                graph,
                names.stream().map(name -> graph.value(name).orElseThrow()).toList());
        patch.apply();
        new RemoveDeadNodes().apply(model);
        new RemoveUnusedInitializers().apply(model);
        OnnxWriter.write(model, file);
        return new Observed(Optional.of(OrtModel.load(file, threads)), names, given);
    }

    /// The values for these inputs.
    Map<String, Tensor> run(Map<String, DenseTensor> inputs) throws ModelRunException {
        Map<String, Tensor> result = new HashMap<>();
        for (String name : given) {
            DenseTensor tensor = inputs.get(name);
            if (tensor != null) {
                result.put(name, Tensor.of(tensor));
            }
        }
        if (model.isPresent()) {
            for (Map.Entry<String, Output> entry :
                    model.get().run(inputs, names).entrySet()) {
                if (entry.getValue() instanceof Output.Numbers numbers) {
                    result.put(entry.getKey(), new Tensor(numbers.shape(), numbers.floats()));
                }
            }
        }
        return result;
    }

    @Override
    public void close() throws ModelRunException {
        if (model.isPresent()) {
            model.get().close();
        }
    }
}
