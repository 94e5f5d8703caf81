package dev.espalier.run.validate;

import dev.espalier.pruning.Progress;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.OrtModel;
import dev.espalier.run.data.DataException;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.Feed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Runs models over data and scores them.
public final class Validator {
    private Validator() {}

    /// Scores models, the original first, in one pass over the data.
    ///
    /// @param stop asked after each batch whether to end early
    /// @throws DataException if the data does not fit the models, or they cannot run on it
    public static Evaluation evaluate(
            List<Subject> subjects, Dataset data, DataRequest request, Progress progress, BooleanSupplier stop)
            throws IOException {
        Subject original = subjects.getFirst();
        subjects.forEach(original::requireSamePorts);
        String output = original.output(request.output());
        List<OrtModel> models = new ArrayList<>();
        try (Feed feed = Feed.open(data, original.model().graph(), request.feed())) {
            subjects.forEach(subject -> models.add(subject.load(1)));
            return Evaluation.of(models, feed, request.task(), output, progress, stop);
        } catch (ModelRunException e) {
            throw new DataException(
                    "ONNX Runtime cannot run the model on this data: " + e.getMessage(),
                    "file '" + data.source() + "'",
                    "check the shapes of the arrays, and whether the model needs another input");
        } finally {
            close(models);
        }
    }

    private static void close(List<OrtModel> models) {
        for (OrtModel model : models) {
            try {
                model.close();
            } catch (ModelRunException e) {
                throw new IllegalStateException("the runtime cannot close a model", e);
            }
        }
    }
}
