package dev.espalier.run.calibrate;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.PrunedWeight;
import dev.espalier.pruning.PruningMethod;
import dev.espalier.pruning.PruningMethods;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.calibrated.BatchNorm;
import dev.espalier.pruning.calibrated.CalibratedLayer;
import dev.espalier.pruning.calibrated.LayerProblem;
import dev.espalier.pruning.calibrated.LayerSolution;
import dev.espalier.pruning.calibrated.LayerSolver;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.TemporaryFolder;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Prunes layer after layer with samples: each so that what the layers before it have lost is made good as far as it
/// can.
public final class CalibratedMethod implements PruningMethod, AutoCloseable {
    private final OrtProducts products;
    private final Calibration calibration;
    private final LayerSolver solver;
    private final TemporaryFolder folder;

    private CalibratedMethod(OrtProducts products, Calibration calibration, TemporaryFolder folder) {
        this.products = products;
        this.calibration = calibration;
        this.solver = new LayerSolver(products);
        this.folder = folder;
    }

    /// @param source the model's file, which must stay as it is meanwhile
    /// @throws ModelRunException if the runtime is not there
    public static CalibratedMethod of(Path source, Dataset data, FeedRequest request, int threads)
            throws IOException, ModelRunException {
        TemporaryFolder folder = TemporaryFolder.create();
        OrtProducts products = new OrtProducts(folder, threads);
        return new CalibratedMethod(
                products, new Calibration(source, data, request, folder, threads, products), folder);
    }

    @Override
    public String name() {
        return "admm";
    }

    @Override
    public String summary() {
        return "what a layer computes on samples stays as near as it can";
    }

    @Override
    public List<PrunedWeight> prune(PruningPlan.Group group, long seed) {
        List<PrunedWeight> pruned = new ArrayList<>();
        for (PruningPlan.Target target : group.targets()) {
            CalibratedLayer.Found found = CalibratedLayer.of(target.weight());
            if (found.layer().isPresent()) {
                pruned.add(prune(found.layer().get(), target, group));
            } else {
                System.err.println("magnitude: " + target.weight().name() + " " + found.reason());
                pruned.addAll(PruningMethods.MAGNITUDE.prune(group, seed));
            }
            PrunedWeight last = pruned.getLast();
            calibration.change(
                    last.weight().name(),
                    Constant.of(last.nonZeros()
                            .applyTo(last.elements(), last.weight().quantization())));
            last.alongside().forEach((value, constant) -> calibration.change(value.path(), constant));
        }
        return pruned;
    }

    private PrunedWeight prune(CalibratedLayer layer, PruningPlan.Target target, PruningPlan.Group group) {
        LayerProblem problem;
        try {
            problem = calibration.problem(layer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ModelRunException e) {
            throw new IllegalStateException(e);
        }
        LayerSolution solution = solver.solve(problem, layer.matrix(), target.pattern(), group.zeros());
        System.err.printf(
                "%s %.4g -> %.4g lambda %.0e%n",
                layer.weight().name(), solution.maskedError(), solution.error(), solution.lambda());
        return new PrunedWeight(
                target.weight(),
                layer.matrix().mask(solution.kept()),
                layer.matrix().write(solution.weights(), solution.stride()),
                alongside(layer, solution));
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
            tensor.data().set(java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, (float) values[i]);
        }
        return old.withElements(tensor);
    }

    @Override
    public void close() throws IOException, ModelRunException {
        products.close();
        folder.close();
    }
}
