package dev.espalier.run.calibrate;

import dev.espalier.pruning.Progress;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.calibrated.CalibratedLayer;
import dev.espalier.pruning.calibrated.Outliers;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Counts the outliers of each layer of a model, on what it reads before anything is pruned.
public final class OutlierMeasure {
    private OutlierMeasure() {}

    /// Looks at the layers of a plan that can be calibrated.
    ///
    /// @param source the model's file
    /// @param memory bytes of activations that may be kept
    public static Outliers of(
            PruningPlan plan,
            Path source,
            Dataset data,
            FeedRequest request,
            long memory,
            int threads,
            Progress progress)
            throws IOException, ModelRunException {
        Map<CalibratedLayer, PruningPlan.Target> layers = Calibration.layers(plan);
        try (Calibration calibration = Calibration.open(source, layers.keySet(), data, request, memory, threads)) {
            List<Outliers.Layer> found = new ArrayList<>();
            for (Map.Entry<CalibratedLayer, PruningPlan.Target> layer : layers.entrySet()) {
                String weight = layer.getKey().weight().name();
                PruningPlan.Target target = layer.getValue();
                progress.at(found.size(), layers.size(), weight);
                found.add(Outliers.Layer.of(
                        weight,
                        target.pattern().unitCount(target.weight().shape()),
                        calibration.problem(layer.getKey(), target.pattern(), 0)));
            }
            progress.at(found.size(), layers.size(), "");
            return new Outliers(found);
        }
    }
}
