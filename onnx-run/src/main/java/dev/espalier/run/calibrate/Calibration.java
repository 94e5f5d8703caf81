package dev.espalier.run.calibrate;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.calibrated.CalibratedLayer;
import dev.espalier.pruning.calibrated.LayerProblem;
import dev.espalier.pruning.calibrated.Moments;
import dev.espalier.pruning.calibrated.Products;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.TemporaryFolder;
import dev.espalier.run.data.Batch;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.Feed;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.SparsityPattern;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Runs a model and what has been pruned of it side by side over the samples, and makes of each layer the problem of
/// pruning it.
final class Calibration {
    /// So many rows of a layer at most: more of one sample say little that others do not.
    private static final int MOST_ROWS = 1 << 17;

    /// Of four parts of the samples, those behind the third are held back.
    private static final int PARTS = 4;

    private static final String TOKEN_MASK = "attention_mask";

    private final Path source;
    private final Graph graph;
    private final Dataset data;
    private final FeedRequest request;
    private final TemporaryFolder folder;
    private final int threads;
    private final Products products;
    private final Map<String, Constant> changes = new HashMap<>();

    /// @param source the dense model's file
    /// @param folder for temporary files
    Calibration(Path source, Dataset data, FeedRequest request, TemporaryFolder folder, int threads, Products products)
            throws IOException {
        this.source = source;
        this.graph = OnnxReader.read(source).graph();
        this.data = data;
        this.request = request;
        this.folder = folder;
        this.threads = threads;
        this.products = products;
    }

    /// From now on, a constant of the pruned model is this.
    void change(String path, Constant constant) {
        changes.put(path, constant);
    }

    /// The problem of a layer, the layers before it as they are now.
    ///
    /// @param pattern that its zeros are to follow
    /// @param zeros how many units of it go
    LayerProblem problem(CalibratedLayer layer, SparsityPattern pattern, long zeros)
            throws IOException, ModelRunException {
        int weights = layer.matrix().inputs();
        int columns = layer.hasBias() ? weights + 1 : weights;
        int outputs = layer.matrix().outputs();
        Moments fit = new Moments(columns, outputs);
        Moments held = new Moments(columns, outputs);
        List<String> skip = layer.skip().map(value -> value.name()).stream().toList();
        List<String> ofDense =
                Stream.concat(Stream.of(layer.response().name()), skip.stream()).toList();
        List<String> ofPruned =
                Stream.concat(Stream.of(layer.input().name()), skip.stream()).toList();
        try (Observed dense = Observed.load(source, Map.of(), ofDense, folder.file("dense.onnx"), threads);
                Observed pruned = Observed.load(source, changes, ofPruned, folder.file("pruned.onnx"), threads);
                Feed feed = Feed.open(data, graph, request)) {
            Sampler sampler = new Sampler(layer, Math.ceilDiv(MOST_ROWS, feed.size()), request.seed(), products);
            int boundary = feed.size() - feed.size() / PARTS;
            int number = 0;
            for (Batch batch = feed.next(); batch != null; batch = feed.next()) {
                Map<String, Tensor> meant = dense.run(batch.inputs());
                Map<String, Tensor> actual = pruned.run(batch.inputs());
                Tensor mask = mask(batch);
                int middle = Math.clamp(boundary - number, 0, batch.size());
                sampler.add(meant, actual, mask, 0, middle, number, fit);
                sampler.add(meant, actual, mask, middle, batch.size(), number, held);
                number += batch.size();
            }
        }
        if (!fit.isFinite() || !held.isFinite()) {
            throw new PruningException(
                    "the layer reads or gives NaN or infinite values on these samples",
                    "node '" + layer.node().label() + "'",
                    "look at the samples and their --preprocess; without them it is pruned by magnitude");
        }
        if (fit.samples() == 0 || held.samples() == 0) {
            throw new PruningException(
                    "there are too few samples to calibrate with",
                    "node '" + layer.node().label() + "'",
                    "give some hundreds; a quarter of them is held back to check with");
        }
        return new LayerProblem(
                fit,
                held,
                denseWeights(layer, columns),
                layer.hasBias(),
                rowScale(layer),
                layer.matrix(),
                pattern,
                zeros);
    }

    private static @Nullable Tensor mask(Batch batch) {
        DenseTensor mask = batch.inputs().get(TOKEN_MASK);
        if (mask == null || mask.shape().rank() != 2) {
            return null;
        }
        float[] flags = new float[(int) mask.elementCount()];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = mask.bitsAt(i) == 0 ? 0 : 1;
        }
        return new Tensor(mask.shape().dims(), flags);
    }

    private static double[] denseWeights(CalibratedLayer layer, int columns) {
        int weights = layer.matrix().inputs();
        double[] matrix = layer.matrix().read(layer.weight().constant().decode());
        double[] bias = layer.biasValues();
        double[] all = new double[layer.matrix().outputs() * columns];
        for (int row = 0; row < layer.matrix().outputs(); row++) {
            System.arraycopy(matrix, row * weights, all, row * columns, weights);
            if (layer.hasBias()) {
                all[row * columns + weights] = bias[row];
            }
        }
        return all;
    }

    private static double[] rowScale(CalibratedLayer layer) {
        double[] scale = new double[layer.matrix().outputs()];
        for (int row = 0; row < scale.length; row++) {
            int channel = row;
            scale[row] = layer.norm().map(norm -> Math.abs(norm.slope(channel))).orElse(1.0);
        }
        return scale;
    }
}
