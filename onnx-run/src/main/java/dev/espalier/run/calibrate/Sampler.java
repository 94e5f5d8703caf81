package dev.espalier.run.calibrate;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.calibrated.BatchNorm;
import dev.espalier.pruning.calibrated.CalibratedLayer;
import dev.espalier.pruning.calibrated.LayerUse;
import dev.espalier.pruning.calibrated.Products;
import dev.espalier.pruning.calibrated.SampleSums;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Makes rows of a layer's inputs and targets out of what was observed, and adds them to sums. The
/// target is what the dense model's layer gives; where something is added to that, what the pruned
/// model adds too little is part of it.
final class Sampler {
    private final CalibratedLayer layer;
    private final LayerUse use;
    private final int positionsPerSample;
    private final long seed;
    private final Products products;
    private final Map<SampleSums, Gathered> gathered = new HashMap<>();
    private final Function<Value, Constant> meant;
    private final Function<Value, Constant> now;

    /// @param use by which of the operators that multiply by the layer's weight
    /// @param positionsPerSample at most so many rows of each sample, drawn by lot
    /// @param meant what constants of the dense model are
    /// @param now what those of the pruned model are
    Sampler(
            CalibratedLayer layer,
            LayerUse use,
            int positionsPerSample,
            long seed,
            Function<Value, Constant> meant,
            Function<Value, Constant> now,
            Products products) {
        this.layer = layer;
        this.use = use;
        this.positionsPerSample = positionsPerSample;
        this.seed = seed;
        this.products = products;
        this.meant = meant;
        this.now = now;
    }

    /// Adds some samples of a batch.
    ///
    /// @param dense values of the dense model by name
    /// @param pruned values of the pruned model by name
    /// @param part the batch; positions where its mask, batch x positions, is 0 are left out
    /// @param from first sample of the batch
    /// @param to behind the last
    /// @param groups the sums of each group of outputs
    void add(
            Map<String, Tensor> dense,
            Map<String, Tensor> pruned,
            Calibration.Part part,
            int from,
            int to,
            List<? extends SampleSums> groups) {
        Rows rows = rows(dense, pruned, part.size());
        int perSample = Math.min(positionsPerSample, rows.positions());
        int[] places = IntStream.range(from, to)
                .flatMap(sample -> chosen(sample, part.number() + sample, rows.positions(), perSample, part.mask()))
                .toArray();
        if (places.length == 0) {
            return;
        }
        Optional<Residual> residual = residual(dense, pruned, rows.response());
        double[] fixed = layer.hasBias() ? new double[layer.matrix().outputs()] : layer.biasValues(use);
        int first = 0;
        for (int group = 0; group < groups.size(); group++) {
            SampleSums sums = groups.get(group);
            add(rows, places, group, first, residual, fixed, part, sums);
            first += sums.outputs();
        }
    }

    private void add(
            Rows rows,
            int[] places,
            int group,
            int first,
            Optional<Residual> residual,
            double[] fixed,
            Calibration.Part part,
            SampleSums sums) {
        int columns = sums.inputs();
        int outputs = sums.outputs();
        float[] x = new float[places.length * columns];
        float[] t = new float[places.length * outputs];
        float[] response = rows.response().values();
        int step = rows.step();
        Optional<double[]> zeros = sums.keepsRows() ? zeros(residual) : Optional.empty();
        float[] floors = new float[zeros.isPresent() ? t.length : 0];
        AtomicInteger worst = new AtomicInteger(Integer.MAX_VALUE);
        IntStream.range(0, places.length).parallel().forEach(row -> {
            int sample = places[row] / rows.positions();
            int position = places[row] % rows.positions();
            rows.input(group, sample, position, x, row * columns);
            if (layer.hasBias()) {
                x[row * columns + columns - 1] = 1;
            }
            int at = rows.response(sample, position, first);
            for (int output = 0; output < outputs; output++, at += step) {
                double value = response[at] - fixed[first + output];
                if (residual.isPresent()) {
                    value += residual.get().at(at, first + output);
                }
                t[row * outputs + output] = (float) value;
                if (zeros.isPresent()) {
                    double added = residual.isPresent() ? residual.get().added(at, first + output) : 0;
                    floors[row * outputs + output] = (float) (zeros.get()[first + output] - added);
                }
            }
            if (!isFinite(x, row * columns, columns) || !isFinite(t, row * outputs, outputs)) {
                worst.accumulateAndGet(part.samples().get(sample), Math::min);
            }
        });
        if (worst.get() < Integer.MAX_VALUE) {
            throw new PruningException(
                    "the layer reads or gives NaN or infinite values",
                    "node '" + use.node().label() + "', sample " + worst.get() + " of the calibration data",
                    "look at that sample and at --preprocess; without samples the layer is pruned by magnitude");
        }
        gathered.computeIfAbsent(sums, s -> new Gathered(s, products)).add(x, t, floors, places.length);
    }

    /// What of each output the activation behind the layer sees as zero, if there is one and nothing
    /// else is added; what no output reaches, if something is added that is not known.
    private Optional<double[]> zeros(Optional<Residual> residual) {
        boolean isUnknown = residual.isEmpty()
                && use instanceof LayerUse.Product product
                && product.skip().isPresent();
        double[] plain = new double[layer.matrix().outputs()];
        if (isUnknown) {
            Arrays.fill(plain, Double.NEGATIVE_INFINITY);
        }
        return layer.activation()
                .map(activation -> layer.norm()
                        .filter(norm -> !isUnknown)
                        .map(BatchNorm::zeros)
                        .orElse(plain));
    }

    /// Adds the last rows to the sums.
    void finish() {
        gathered.values().forEach(Gathered::flush);
    }

    private static boolean isFinite(float[] values, int from, int count) {
        for (int i = from; i < from + count; i++) {
            if (!(Math.abs(values[i]) <= Float.MAX_VALUE)) {
                return false;
            }
        }
        return true;
    }

    private static Tensor get(Map<String, Tensor> values, Value value) {
        Tensor tensor = values.get(value.name());
        if (tensor == null) {
            throw new IllegalStateException("'" + value.name() + "' was not observed");
        }
        return tensor;
    }

    /// Places in the order sample, position; drawn without replacement by a partial shuffle.
    private IntStream chosen(int sample, int number, int positions, int count, @Nullable Tensor mask) {
        int[] order = IntStream.range(0, positions).toArray();
        if (count < positions) {
            SplittableRandom random = new SplittableRandom(seed * 0x9E37_79B9L + number);
            for (int i = 0; i < count; i++) {
                int j = i + random.nextInt(positions - i);
                int taken = order[j];
                order[j] = order[i];
                order[i] = taken;
            }
        }
        boolean isMasked = mask != null && mask.rank() == 2 && mask.dim(1) == positions;
        float[] flags = isMasked && mask != null ? mask.values() : new float[0];
        return IntStream.range(0, count)
                .map(i -> sample * positions + order[i])
                .filter(place -> flags.length == 0 || flags[place] != 0);
    }

    private Rows rows(Map<String, Tensor> dense, Map<String, Tensor> pruned, int samples) {
        try {
            return switch (use) {
                case LayerUse.Product product ->
                    rows(product, get(pruned, product.input()), get(dense, product.response()), samples);
                case LayerUse.Projection projection ->
                    rows(get(pruned, projection.input()), get(dense, projection.input()), samples);
                case LayerUse.Recurrence recurrence -> rows(recurrence, dense, pruned, samples);
            };
        } catch (IllegalArgumentException e) {
            throw new PruningException(
                    "the layer cannot be calibrated: " + e.getMessage(),
                    "node '" + use.node().label() + "'",
                    "leave it out with --exclude");
        }
    }

    private Rows rows(LayerUse.Product product, Tensor input, Tensor response, int samples) {
        if (!product.node().isOperator("Conv")) {
            int batches = layer.matrix().batches();
            return batches == 1
                    ? new ProductRows(input, response, samples)
                    : new BatchedRows(input, response, batches, samples);
        }
        int[] kernel = new int[input.rank() - 2];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = (int) layer.matrix().shape().dim(i + 2);
        }
        Window window = Window.of(product.node(), kernel, input, response);
        return new ConvolvedRows(window, input, response, layer.groups().size(), samples);
    }

    /// What the dense model's layer gives of what it reads.
    private Rows rows(Tensor input, Tensor meantInput, int samples) {
        int inputs = layer.matrix().inputs();
        int outputs = layer.matrix().outputs();
        double[] matrix =
                layer.matrix().read(meant.apply(layer.weight().value()).decode());
        float[] transposed = new float[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            transposed[i % inputs * outputs + i / inputs] = (float) matrix[i];
        }
        int count = meantInput.values().length / inputs;
        float[] response = products.multiply(meantInput.values(), transposed, count, inputs, outputs);
        double[] added =
                use.added().map(bias -> bias.values(meant.apply(bias.value()))).orElseGet(() -> new double[outputs]);
        for (int i = 0; i < response.length; i++) {
            response[i] += (float) added[i % outputs];
        }
        return new ProductRows(input, new Tensor(new long[] {count, outputs}, response), samples);
    }

    private Rows rows(
            LayerUse.Recurrence recurrence, Map<String, Tensor> dense, Map<String, Tensor> pruned, int samples) {
        Gates.Sums right = sums(recurrence, meant, dense);
        Gates.Sums actual = sums(recurrence, now, pruned);
        Tensor response = recurrence.isHidden() ? right.meantOfR(actual) : right.meantOfW(actual);
        return new RecurrentRows(actual, response, recurrence.isHidden(), samples);
    }

    private Gates.Sums sums(
            LayerUse.Recurrence recurrence, Function<Value, Constant> constants, Map<String, Tensor> values) {
        Tensor initial = recurrence
                .initial()
                .map(value -> value.constant().isPresent()
                        ? Tensor.of(constants.apply(value).decode())
                        : get(values, value))
                .orElse(null);
        return new Gates(recurrence, constants, products)
                .sums(get(values, recurrence.input()), get(values, recurrence.output()), initial);
    }

    private record Residual(Tensor dense, Tensor pruned, Optional<BatchNorm> norm) {
        double at(int index, int output) {
            return divided((double) dense.values()[index] - pruned.values()[index], output);
        }

        /// What the pruned model adds.
        double added(int index, int output) {
            return divided(pruned.values()[index], output);
        }

        private double divided(double value, int output) {
            double slope = norm.map(n -> n.slope(output)).orElse(1.0);
            return slope == 0 ? 0 : value / slope;
        }
    }

    /// None if nothing is added, or something of another shape.
    private Optional<Residual> residual(Map<String, Tensor> dense, Map<String, Tensor> pruned, Tensor response) {
        if (!(use instanceof LayerUse.Product product) || product.skip().isEmpty()) {
            return Optional.empty();
        }
        Tensor meant = get(dense, product.skip().get());
        Tensor actual = get(pruned, product.skip().get());
        return meant.values().length == response.values().length && actual.values().length == meant.values().length
                ? Optional.of(new Residual(meant, actual, layer.norm()))
                : Optional.empty();
    }
}
