package dev.espalier.run.calibrate;

import dev.espalier.onnx.Graph;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.Value;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.OrtModel;
import dev.espalier.run.Output;
import dev.espalier.run.SessionSettings;
import dev.espalier.run.data.Batch;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.Feed;
import dev.espalier.run.data.FeedRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// How far a model's outputs are from those of another on samples: the mean squared distance over the mean
/// square of the other's, of all outputs that are numbers.
public final class OutputError {
    private OutputError() {}

    /// @param reference the model that is right
    /// @param model one with the same inputs and outputs
    public static double between(Path reference, Path model, Dataset data, FeedRequest request, int threads)
            throws IOException, ModelRunException {
        Graph graph = OnnxReader.read(reference).graph();
        Set<String> outputs = graph.outputs().stream().map(Value::name).collect(Collectors.toSet());
        double distance = 0;
        double square = 0;
        try (OrtModel dense = OrtModel.load(reference, SessionSettings.DEFAULT.on(threads));
                OrtModel other = OrtModel.load(model, SessionSettings.DEFAULT.on(threads));
                Feed feed = Feed.open(data, graph, request)) {
            for (Batch batch = feed.next(); batch != null; batch = feed.next()) {
                Map<String, Output> meant = dense.run(batch.inputs(), outputs);
                Map<String, Output> actual = other.run(batch.inputs(), outputs);
                for (String name : outputs) {
                    if (meant.get(name) instanceof Output.Numbers right
                            && actual.get(name) instanceof Output.Numbers is) {
                        double[] a = right.doubles();
                        double[] b = is.doubles();
                        for (int i = 0; i < Math.min(a.length, b.length); i++) {
                            distance += (a[i] - b[i]) * (a[i] - b[i]);
                            square += a[i] * a[i];
                        }
                    }
                }
            }
        }
        return square > 0 ? distance / square : 0;
    }
}
