package dev.espalier.run;

import ai.onnxruntime.OnnxTensor;
import dev.espalier.onnx.Graph;
import dev.espalier.run.data.Batch;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.Feed;
import dev.espalier.run.data.FeedRequest;
import java.io.IOException;
import java.util.Map;

/// What models are run on to be compared: each time the same inputs in the same order.
interface Trials {
    /// A model's run.
    interface Run {
        /// @param inputs by name; closed afterwards
        void on(Map<String, OnnxTensor> inputs) throws ModelRunException;
    }

    /// Runs on all of them, one after the other.
    ///
    /// @throws IOException if data cannot be read
    void forEach(Run run) throws ModelRunException, IOException;

    /// One set of random inputs.
    static Trials random(Graph graph, long seed, RandomInputs.Guess guess) {
        return run -> runAndClose(run, new RandomInputs(seed, guess).of(graph));
    }

    /// The rows of a data set, a batch at a time.
    static Trials of(Dataset data, Graph graph, FeedRequest request) {
        return run -> {
            try (Feed feed = Feed.open(data, graph, request)) {
                Batch batch = feed.next();
                if (batch == null) {
                    throw new ModelRunException("none of the samples can be read: "
                            + feed.unreadable().getFirst().reason());
                }
                for (; batch != null; batch = feed.next()) {
                    runAndClose(run, RuntimeTensors.of(batch.inputs()));
                }
            }
        };
    }

    private static void runAndClose(Run run, Map<String, OnnxTensor> inputs) throws ModelRunException {
        try {
            run.on(inputs);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }
}
