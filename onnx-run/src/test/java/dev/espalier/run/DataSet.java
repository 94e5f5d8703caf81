package dev.espalier.run;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Value;
import dev.espalier.onnx.ValueType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A data set of the ONNX standard's tests: the inputs of a graph and the outputs it should give.
///
/// The runtime reads the tensors itself, as the constants of a model that is put around them. So no code of this
/// project stands between the standard's files and what is expected, and tensors of types that the Java API cannot
/// create can be fed all the same.
final class DataSet implements AutoCloseable {
    private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    private final Map<String, Output> expected = new LinkedHashMap<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    private DataSet() {}

    /// Reads the files `input_N.pb` and `output_N.pb`, which are in the order of the graph's inputs without a default,
    /// and of its outputs.
    ///
    /// @throws ModelRunException if a value is not a tensor, or not of a type that the runtime has; of the outputs,
    ///     sequences of tensors are read too
    static DataSet read(Path folder, Graph graph) throws IOException, ModelRunException {
        DataSet data = new DataSet();
        try {
            data.readInputs(folder, graph);
            data.readOutputs(folder, graph);
            return data;
        } catch (OrtException e) {
            data.close();
            throw new ModelRunException("its data cannot be read: " + e.getMessage());
        } catch (IOException | ModelRunException e) {
            data.close();
            throw e;
        }
    }

    private void readInputs(Path folder, Graph graph) throws IOException, ModelRunException, OrtException {
        // A default, which old graphs declare as an input too, is not fed.
        List<Value> declared =
                graph.inputs().stream().filter(input -> !input.isInitializer()).toList();
        List<String> names = new ArrayList<>();
        List<byte[]> tensors = new ArrayList<>();
        for (int i = 0; Files.exists(folder.resolve("input_" + i + ".pb")); i++) {
            Value input = declared.get(i);
            if (!(input.type() instanceof ValueType.Tensor)) {
                throw new ModelRunException("the runtime's Java API takes no input of type " + kind(input));
            }
            names.add(input.name());
            tensors.add(Files.readAllBytes(folder.resolve("input_" + i + ".pb")));
        }
        List<OnnxValue> values = constants(tensors);
        for (int i = 0; i < names.size(); i++) {
            inputs.put(names.get(i), (OnnxTensor) values.get(i));
        }
    }

    private void readOutputs(Path folder, Graph graph) throws IOException, ModelRunException, OrtException {
        for (int i = 0; Files.exists(folder.resolve("output_" + i + ".pb")); i++) {
            Value output = graph.outputs().get(i);
            byte[] bytes = Files.readAllBytes(folder.resolve("output_" + i + ".pb"));
            switch (output.type()) {
                case ValueType.Tensor tensor ->
                    expected.put(
                            output.name(), Output.of(constants(List.of(bytes)).getFirst()));
                case ValueType.Sequence(ValueType.Tensor element) -> {
                    List<Output> elements = new ArrayList<>();
                    for (OnnxValue value : constants(tensorsOfSequence(bytes))) {
                        elements.add(Output.of(value));
                    }
                    expected.put(output.name(), new Output.Several(elements));
                }
                default -> throw new ModelRunException("this test reads no output of type " + kind(output));
            }
        }
    }

    private static String kind(Value value) {
        return value.type().toString().replaceAll("\\[[^]]*]", "[]");
    }

    /// The inputs by name, until this is closed.
    Map<String, OnnxTensor> inputs() {
        return inputs;
    }

    /// The outputs by name.
    Map<String, Output> expected() {
        return expected;
    }

    /// Runs a model that has one constant for each TensorProto, and nothing else.
    private List<OnnxValue> constants(List<byte[]> tensors) throws OrtException {
        if (tensors.isEmpty()) {
            return List.of();
        }
        ByteArrayOutputStream graph = new ByteArrayOutputStream();
        for (int i = 0; i < tensors.size(); i++) {
            byte[] name = text("v" + i);
            byte[] attribute = join(message(1, text("value")), message(5, tensors.get(i)), varint(20, 4));
            graph.writeBytes(message(1, join(message(2, name), message(4, text("Constant")), message(5, attribute))));
            graph.writeBytes(message(12, message(1, name)));
        }
        graph.writeBytes(message(2, text("constants")));
        byte[] model = join(varint(1, 10), message(8, varint(2, 23)), message(7, graph.toByteArray()));
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            OrtSession session = OrtRuntime.environment().createSession(model, options);
            open.addFirst(session);
            OrtSession.Result result = session.run(Map.of());
            open.addFirst(result);
            List<OnnxValue> values = new ArrayList<>();
            result.forEach(entry -> values.add(entry.getValue()));
            return values;
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    /// A protobuf field with a length.
    private static byte[] message(int field, byte[] content) {
        return join(varint((field << 3) | 2), varint(content.length), content);
    }

    /// A protobuf field that is a number.
    private static byte[] varint(int field, int value) {
        return join(varint(field << 3), varint(value));
    }

    private static byte[] varint(int value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int rest = value; ; rest >>>= 7) {
            if (rest < 128) {
                bytes.write(rest);
                return bytes.toByteArray();
            }
            bytes.write((rest & 127) | 128);
        }
    }

    /// The `tensor_values` (field 3) of a SequenceProto; its other fields are a name and a number.
    private static List<byte[]> tensorsOfSequence(byte[] sequence) {
        List<byte[]> tensors = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(sequence);
        while (bytes.hasRemaining()) {
            int tag = varint(bytes);
            int value = varint(bytes);
            if ((tag & 7) == 2) {
                byte[] content = new byte[value];
                bytes.get(content);
                if (tag >>> 3 == 3) {
                    tensors.add(content);
                }
            }
        }
        return tensors;
    }

    private static int varint(ByteBuffer bytes) {
        int value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = bytes.get();
            value |= (next & 127) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    @Override
    public void close() {
        for (AutoCloseable resource : open) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("the runtime cannot close what it opened", e);
            }
        }
    }
}
