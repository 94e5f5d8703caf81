package dev.espalier.run.calibrate;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.PrunedWeight;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.PruningMethod;
import dev.espalier.pruning.PruningMethods;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.calibrated.BatchNorm;
import dev.espalier.pruning.calibrated.CalibratedLayer;
import dev.espalier.pruning.calibrated.CalibratedMethod;
import dev.espalier.pruning.calibrated.LayerProblem;
import dev.espalier.pruning.calibrated.LayerSolution;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.TemporaryFolder;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.SparsityPattern;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Prunes layer after layer with samples: each so that what the layers before it have lost is made good as far as it
/// can.
public final class CalibratedPruning implements PruningMethod, AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final CalibratedMethod method;
    private final OrtProducts products;
    private final Calibration calibration;
    private final TemporaryFolder folder;

    private CalibratedPruning(
            CalibratedMethod method, OrtProducts products, Calibration calibration, TemporaryFolder folder) {
        this.method = method;
        this.products = products;
        this.calibration = calibration;
        this.folder = folder;
    }

    /// @param method what is done to each layer
    /// @param source the model's file, which must stay as it is meanwhile
    /// @throws ModelRunException if the runtime is not there
    public static CalibratedPruning of(
            CalibratedMethod method, Path source, Dataset data, FeedRequest request, int threads)
            throws IOException, ModelRunException {
        TemporaryFolder folder = TemporaryFolder.create();
        try {
            OrtProducts products = new OrtProducts(folder, threads);
            return new CalibratedPruning(
                    method, products, new Calibration(source, data, request, folder, threads, products), folder);
        } catch (IOException | ModelRunException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return method.name();
    }

    @Override
    public String summary() {
        return method.summary();
    }

    @Override
    public boolean isInOrder() {
        return true;
    }

    @Override
    public PrunedWeight prune(PruningPlan.Target target, long seed) {
        CalibratedLayer.Found found = CalibratedLayer.of(target.weight());
        PrunedWeight pruned = found.layer().isPresent()
                ? fitted(found.layer().get(), target)
                : PruningMethods.MAGNITUDE.prune(target, seed).notCalibrated(found.reason());
        if (target.weight().value().graph().path().isEmpty()) {
            calibration.change(
                    target.weight().name(),
                    Constant.of(pruned.nonZeros()
                            .applyTo(pruned.elements(), target.weight().quantization())));
            pruned.alongside().forEach((value, constant) -> calibration.change(value.path(), constant));
        }
        return pruned;
    }

    private PrunedWeight fitted(CalibratedLayer layer, PruningPlan.Target target) {
        LayerSolution solution = method.solve(problem(layer, target.pattern(), target.zeros()), products);
        return new PrunedWeight(
                target.weight(),
                layer.matrix().mask(solution.kept()),
                layer.matrix().write(solution.weights(), solution.stride()),
                alongside(layer, solution),
                Optional.of(new PrunedWeight.Calibrated(solution.maskedError(), solution.error(), "")));
    }

    private LayerProblem problem(CalibratedLayer layer, SparsityPattern pattern, long zeros) {
        try {
            return calibration.problem(layer, pattern, zeros);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ModelRunException e) {
            throw new PruningException(
                    "the layer cannot be calibrated: " + e.getMessage(),
                    "node '" + layer.node().label() + "'",
                    "leave it out with --exclude, or prune without --calibration");
        }
    }

    private static Map<Value, Constant> alongside(CalibratedLayer layer, LayerSolution solution) {
        double[] bias = new double[layer.matrix().outputs()];
        double[] old = layer.biasValues();
        Map<Value, Constant> changed = new HashMap<>();
        if (layer.bias().isPresent()) {
            for (int row = 0; row < bias.length; row++) {
                bias[row] = solution.bias(row);
            }
            changed.put(layer.bias().get(), withValues(layer.bias().get(), bias));
        } else if (layer.norm().isPresent()) {
            BatchNorm norm = layer.norm().get();
            double[] shift = norm.shiftValues();
            for (int row = 0; row < bias.length; row++) {
                bias[row] = shift[row] + norm.slope(row) * (solution.bias(row) - old[row]);
            }
            changed.put(norm.shift(), withValues(norm.shift(), bias));
        }
        return changed;
    }

    private static Constant withValues(Value value, double[] values) {
        Constant old = value.constant().orElseThrow();
        DenseTensor tensor = DenseTensor.zeros(ElementType.F32, old.shape());
        for (int i = 0; i < values.length; i++) {
            tensor.data().set(FLOAT, 4L * i, (float) values[i]);
        }
        return old.withElements(tensor);
    }

    @Override
    public void close() throws IOException, ModelRunException {
        products.close();
        folder.close();
    }
}
