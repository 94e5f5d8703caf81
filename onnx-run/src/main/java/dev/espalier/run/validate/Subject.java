package dev.espalier.run.validate;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.Value;
import dev.espalier.onnx.ValueType;
import dev.espalier.pruning.Evidence;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.OrtModel;
import dev.espalier.run.SessionSettings;
import dev.espalier.run.data.DataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A model that is looked at: its file and its graph.
public record Subject(Path file, Model model) {
    /// Reads a model file.
    ///
    /// @throws DataException if it has sparse tensors that the runtime may crash on
    public static Subject read(Path file) throws IOException {
        Model model = OnnxReader.read(file);
        if (Evidence.of(model).hasInvalidSparse()) {
            throw new DataException(
                    "the model has invalid sparse tensors, and the runtime may crash on such",
                    "file '" + file + "'",
                    "`espalier export` repairs them");
        }
        return new Subject(file, model);
    }

    /// Loads it into the runtime.
    ///
    /// @param threads that work on one run
    /// @throws DataException if the runtime refuses it
    OrtModel load(int threads) {
        try {
            return OrtModel.load(file, SessionSettings.DEFAULT.on(threads));
        } catch (ModelRunException e) {
            throw new DataException(
                    "ONNX Runtime refuses the model: " + e.getMessage(),
                    "file '" + file + "'",
                    "what does not load cannot be measured");
        }
    }

    /// The output to judge by.
    ///
    /// @param name empty for the first tensor of floats
    /// @throws DataException if there is none
    public String output(Optional<String> name) {
        List<Value> outputs = model.graph().outputs();
        return outputs.stream()
                .filter(value -> name.map(value.name()::equals).orElseGet(() -> isFloatTensor(value)))
                .map(Value::name)
                .findFirst()
                .orElseThrow(() -> new DataException(
                        name.map(n -> "the model has no output '" + n + "'")
                                .orElse("the model has no output of floats"),
                        "file '" + file + "'",
                        "it has "
                                + outputs.stream()
                                        .map(v -> "'" + v.name() + "' " + v.type())
                                        .collect(Collectors.joining(", "))));
    }

    private static boolean isFloatTensor(Value value) {
        return value.type() instanceof ValueType.Tensor tensor
                && tensor.element().isFloat();
    }

    /// Checks that the other takes the same inputs and gives the same outputs.
    ///
    /// @throws DataException if not
    public void requireSamePorts(Subject other) {
        require(other, "inputs", inputs(), other.inputs());
        require(other, "outputs", outputs(), other.outputs());
    }

    private void require(Subject other, String what, TreeSet<String> mine, TreeSet<String> theirs) {
        if (!mine.equals(theirs)) {
            throw new DataException(
                    "the models have different " + what + ": " + String.join(", ", mine) + " and "
                            + String.join(", ", theirs),
                    "files '" + file + "' and '" + other.file + "'",
                    "only a model can be validated that takes the place of the original");
        }
    }

    private TreeSet<String> inputs() {
        return model.graph().inputs().stream()
                .filter(input -> !input.isInitializer())
                .map(Subject::port)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private TreeSet<String> outputs() {
        return model.graph().outputs().stream().map(Subject::port).collect(Collectors.toCollection(TreeSet::new));
    }

    /// Names of dimensions do not matter, and tools change them.
    private static String port(Value value) {
        String type = value.type() instanceof ValueType.Tensor(var element, var dims) && dims != null
                ? element + "[" + dims.size() + " axes]"
                : value.type().toString();
        return "'" + value.name() + "' " + type;
    }
}
