package dev.espalier.run.calibrate;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.calibrated.CalibratedLayer;
import dev.espalier.pruning.calibrated.LayerProblem;
import dev.espalier.pruning.calibrated.LayerSolution;
import dev.espalier.pruning.calibrated.LayerUse;
import dev.espalier.pruning.calibrated.Means;
import dev.espalier.pruning.calibrated.Moments;
import dev.espalier.pruning.calibrated.Products;
import dev.espalier.pruning.calibrated.SampleSums;
import dev.espalier.pruning.calibrated.WideLayer;
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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Walks through a model and what has been pruned of it side by side, and makes of each layer the
/// problem of pruning it.
final class Calibration implements AutoCloseable {
    /// So many rows of a layer at most: more of one sample say little that others do not.
    private static final int MOST_ROWS = 1 << 17;

    /// Of four parts of the samples, those behind the third are held back.
    private static final int PARTS = 4;

    /// Some samples that are run together.
    ///
    /// @param number of the first among those that are run
    /// @param samples which they are in the data
    record Part(int number, List<Integer> samples, @Nullable Tensor mask) {
        int size() {
            return samples.size();
        }
    }

    private final Graph graph;
    private final Stops stops;
    private final Dataset data;
    private final FeedRequest request;
    private final TemporaryFolder folder;
    private final OrtProducts products;
    private final Walk dense;
    private final Walk pruned;
    private final List<Part> parts = new ArrayList<>();
    /// Of samples, in the data; empty before they are looked at.
    private int[] order = new int[0];

    private int samples;

    /// Opens a model. Layers are asked for in the order of the model.
    ///
    /// @param source the dense model's file, which must stay as it is meanwhile
    /// @param layers all that will be asked for
    /// @param memory bytes of activations that may be kept
    /// @throws ModelRunException if the runtime is not there
    static Calibration open(
            Path source,
            Collection<CalibratedLayer> layers,
            Dataset data,
            FeedRequest request,
            long memory,
            int threads)
            throws IOException, ModelRunException {
        TemporaryFolder folder = TemporaryFolder.create();
        try {
            return new Calibration(
                    source, layers, data, request, memory, folder, threads, new OrtProducts(folder, threads));
        } catch (IOException | ModelRunException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private Calibration(
            Path source,
            Collection<CalibratedLayer> layers,
            Dataset data,
            FeedRequest request,
            long memory,
            TemporaryFolder folder,
            int threads,
            OrtProducts products)
            throws IOException {
        this.graph = OnnxReader.read(source).graph();
        this.stops = new Stops(graph);
        this.data = data;
        this.request = request;
        this.folder = folder;
        this.products = products;
        List<LayerUse> uses =
                layers.stream().flatMap(layer -> layer.uses().stream()).toList();
        Set<Walk.Stop> ofDense = uses.stream().map(stops::dense).collect(Collectors.toSet());
        Set<Walk.Stop> ofPruned = uses.stream().map(stops::pruned).collect(Collectors.toSet());
        this.dense = new Walk(source, ofDense, memory / 2, folder, threads);
        this.pruned = new Walk(source, ofPruned, memory / 2, folder, threads);
    }

    /// The dense model.
    Graph graph() {
        return graph;
    }

    /// The layers of a plan that second moments can be made of, in its order.
    static Map<CalibratedLayer, PruningPlan.Target> layers(PruningPlan plan) {
        Map<CalibratedLayer, PruningPlan.Target> layers = new LinkedHashMap<>();
        plan.targets()
                .forEach(target -> CalibratedLayer.of(target.weight())
                        .layer()
                        .filter(layer -> tooWide(layer).isEmpty())
                        .ifPresent(layer -> layers.put(layer, target)));
        return layers;
    }

    /// From now on, a constant of the pruned model is this.
    void change(String path, Constant constant) {
        pruned.change(path, constant);
    }

    private Constant meant(Value value) {
        return graph.value(value.path()).flatMap(Value::constant).orElseThrow();
    }

    /// What a constant of the pruned model is at present.
    Constant now(Value value) {
        return pruned.constant(value);
    }

    /// The problem of a layer, the layers before it as they are now.
    ///
    /// @param pattern that its zeros are to follow
    /// @param zeros how many units of it go
    LayerProblem problem(CalibratedLayer layer, SparsityPattern pattern, long zeros)
            throws IOException, ModelRunException {
        return problem(layer, pattern, zeros, false);
    }

    /// The same.
    ///
    /// @param keepsRows whether samples themselves are needed
    LayerProblem problem(CalibratedLayer layer, SparsityPattern pattern, long zeros, boolean keepsRows)
            throws IOException, ModelRunException {
        Optional<String> tooWide = tooWide(layer);
        if (tooWide.isPresent()) {
            throw new PruningException(
                    tooWide.get(),
                    "node '" + layer.node().label() + "'",
                    "give Java more memory, or leave the layer out with --exclude");
        }
        int columns = columns(layer);
        IntFunction<Moments> moments =
                keepsRows ? outputs -> Moments.withRows(columns, outputs) : outputs -> new Moments(columns, outputs);
        List<Moments> fit = sums(layer, moments);
        List<Moments> held = sums(layer, moments);
        observe(layer, fit, held);
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

    /// A layer that is [#tooWide] for a problem, solved by what is known of each input alone.
    ///
    /// @param pattern that its zeros are to follow
    /// @param zeros how many units of it go
    LayerSolution solvedWide(CalibratedLayer layer, SparsityPattern pattern, long zeros)
            throws IOException, ModelRunException {
        int columns = columns(layer);
        List<Means> means = sums(layer, outputs -> new Means(columns, outputs));
        observe(layer, means, means);
        return WideLayer.solve(means, denseWeights(layer, columns), layer.hasBias(), layer.matrix(), pattern, zeros);
    }

    private static int columns(CalibratedLayer layer) {
        return layer.matrix().inputs() + (layer.hasBias() ? 1 : 0);
    }

    private static <S> List<S> sums(CalibratedLayer layer, IntFunction<S> ofOutputs) {
        return layer.groups().stream().map(ofOutputs::apply).toList();
    }

    /// Why a layer's second moments, their sums and what is made of them have no place, a clause; none if they have.
    static Optional<String> tooWide(CalibratedLayer layer) {
        long columns = columns(layer);
        long elements =
                columns * (columns * layer.groups().size() + layer.matrix().outputs());
        long bytes = elements * (3 * 8 + 3 * 4) + columns * columns * 4 * 8;
        boolean isTooWide = columns * columns > Integer.MAX_VALUE - 8
                || bytes > Runtime.getRuntime().maxMemory();
        return isTooWide
                ? Optional.of("the second moments of %,d inputs take %,d MB, more than there is"
                        .formatted(columns, bytes >> 20))
                : Optional.empty();
    }

    private void observe(CalibratedLayer layer, List<? extends SampleSums> fit, List<? extends SampleSums> held)
            throws IOException, ModelRunException {
        // From the last to the first: before the first, nothing that has run depends on the weight.
        List<LayerUse> uses = layer.uses().stream()
                .sorted(Comparator.comparingInt(
                                (LayerUse use) -> stops.pruned(use).place())
                        .reversed())
                .toList();
        for (LayerUse use : uses) {
            observe(layer, use, fit, held);
        }
        if (fit.getFirst().samples() == 0 || held.getFirst().samples() == 0) {
            throw new PruningException(
                    "there are too few samples to calibrate with",
                    "node '" + layer.node().label() + "'",
                    "give some hundreds; a quarter of them is held back to check with");
        }
    }

    private void observe(
            CalibratedLayer layer, LayerUse use, List<? extends SampleSums> fit, List<? extends SampleSums> held)
            throws IOException, ModelRunException {
        boolean isFed = parts.isEmpty() || dense.isAtInputs(stops.dense(use)) || pruned.isAtInputs(stops.pruned(use));
        try (Feed feed = isFed ? feed() : null) {
            samples = feed == null ? samples : feed.size();
            int count = feed == null ? parts.size() : feed.batches();
            Sampler sampler = new Sampler(
                    layer, use, Math.ceilDiv(MOST_ROWS, samples), request.seed(), this::meant, this::now, products);
            try (Walk.Leg ofDense = dense.to(stops.dense(use), count);
                    Walk.Leg ofPruned = pruned.to(stops.pruned(use), count)) {
                for (int i = 0; feed != null || i < parts.size(); i++) {
                    Map<String, DenseTensor> inputs = Map.of();
                    if (feed != null) {
                        Batch batch = feed.next();
                        if (batch == null) {
                            break;
                        }
                        inputs = Tokens.trimmed(batch.inputs());
                        note(i, batch, inputs);
                    }
                    add(ofDense.run(inputs), ofPruned.run(inputs), parts.get(i), sampler, fit, held);
                }
                sampler.finish();
            }
        }
    }

    private Feed feed() throws IOException {
        if (order.length == 0) {
            try (Feed feed = Feed.open(data, graph, request)) {
                boolean areTokens = graph.inputs().stream().anyMatch(input -> Tokens.isMask(input.name()));
                order = areTokens ? TokenOrder.of(feed) : feed.samples();
            }
        }
        return Feed.of(data, graph, request, order);
    }

    private void note(int at, Batch batch, Map<String, DenseTensor> inputs) {
        if (at == parts.size()) {
            int number =
                    at == 0 ? 0 : parts.getLast().number() + parts.getLast().size();
            List<Integer> numbers =
                    IntStream.range(0, batch.size()).mapToObj(batch::sample).toList();
            parts.add(new Part(number, numbers, Tokens.mask(inputs)));
        }
    }

    private void add(
            Map<String, Tensor> meant,
            Map<String, Tensor> actual,
            Part part,
            Sampler sampler,
            List<? extends SampleSums> fit,
            List<? extends SampleSums> held) {
        int boundary = samples - samples / PARTS;
        int middle = Math.clamp(boundary - part.number(), 0, part.size());
        sampler.add(meant, actual, part, 0, middle, fit);
        sampler.add(meant, actual, part, middle, part.size(), held);
    }

    private static double[] denseWeights(CalibratedLayer layer, int columns) {
        int weights = layer.matrix().inputs();
        double[] matrix = layer.matrix().read(layer.weight().constant().decode());
        double[] bias = layer.biasValues(layer.uses().getFirst());
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

    /// What remains of the model from the layer on that was asked for last, with some constants given for each run.
    Piece rest(Set<String> open, Set<String> outputs) throws IOException, ModelRunException {
        if (pruned.isAtInputs()) {
            throw new PruningException(
                    "the samples become more on their way than may be kept",
                    "",
                    "allow more with --memory, or take fewer --samples");
        }
        return pruned.rest(open, outputs);
    }

    /// How many batches there are.
    int batches() {
        return parts.size();
    }

    /// What is known of a batch where [#rest] begins.
    Map<String, DenseTensor> kept(int batch) {
        return pruned.kept(batch);
    }

    /// Which tokens of a batch count.
    Optional<Tensor> mask(int batch) {
        return Optional.ofNullable(parts.get(batch).mask());
    }

    /// Where products are made.
    Products products() {
        return products;
    }

    @Override
    public void close() throws ModelRunException {
        dense.close();
        pruned.close();
        products.close();
        folder.close();
    }
}
