package dev.espalier.run.calibrate;

import dev.espalier.onnx.Constant;
import dev.espalier.pruning.ModelChanges;
import dev.espalier.pruning.PrunedWeight;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.PruningMethod;
import dev.espalier.pruning.PruningMethods;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.Weight;
import dev.espalier.pruning.calibrated.CalibratedLayer;
import dev.espalier.pruning.calibrated.CalibratedMethod;
import dev.espalier.pruning.calibrated.CalibratedMethods;
import dev.espalier.pruning.calibrated.LayerProblem;
import dev.espalier.pruning.calibrated.LayerSolution;
import dev.espalier.pruning.calibrated.NotPositiveDefiniteException;
import dev.espalier.pruning.calibrated.SoftmaxFit;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.TemporaryFolder;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.sparse.SparsityPattern;
import dev.espalier.sparse.Unstructured;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Prunes layer after layer with samples: each so that what the layers before it have lost is made good as far as it
/// can.
public final class CalibratedPruning implements PruningMethod, AutoCloseable {
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
    /// @param weights all that will be pruned
    /// @param memory bytes of activations that may be kept
    /// @param source the model's file, which must stay as it is meanwhile
    /// @throws ModelRunException if the runtime is not there
    public static CalibratedPruning of(
            CalibratedMethod method,
            List<Weight> weights,
            Path source,
            Dataset data,
            FeedRequest request,
            long memory,
            int threads)
            throws IOException, ModelRunException {
        TemporaryFolder folder = TemporaryFolder.create();
        try {
            OrtProducts products = new OrtProducts(folder, threads);
            List<CalibratedLayer> layers = weights.stream()
                    .flatMap(weight -> CalibratedLayer.of(weight).layer().stream())
                    .toList();
            Calibration calibration = new Calibration(source, layers, data, request, memory, folder, threads, products);
            return new CalibratedPruning(method, products, calibration, folder);
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

    /// What is fitted to the dense model differs from that before the first layer is done.
    public void startFrom(ModelChanges changes) {
        changes.constants().forEach(calibration::change);
    }

    @Override
    public PrunedWeight prune(PruningPlan.Target target, long seed) {
        CalibratedLayer.Found found = found(target.weight());
        PrunedWeight pruned = found.layer().isPresent()
                ? fitted(found.layer().get(), target)
                : PruningMethods.MAGNITUDE.prune(target, seed).notCalibrated(found.reason());
        change(pruned);
        return pruned;
    }

    /// Solves a layer whose zeros are to stay where they are; none if calibration does not cover it.
    public Optional<PrunedWeight> fit(Weight weight, CalibratedMethod by) {
        Optional<PrunedWeight> fitted = found(weight)
                .layer()
                .map(layer -> fitted(layer, weight, by, problem(layer, new Unstructured(), 0), ""));
        fitted.ifPresent(this::change);
        return fitted;
    }

    private CalibratedLayer.Found found(Weight weight) {
        return CalibratedLayer.of(weight).against(calibration.graph());
    }

    /// What comes after it reads what it is now.
    private void change(PrunedWeight pruned) {
        Weight weight = pruned.weight();
        if (weight.value().graph().path().isEmpty()) {
            calibration.change(
                    weight.name(), Constant.of(pruned.nonZeros().applyTo(pruned.elements(), weight.quantization())));
            pruned.alongside().forEach((value, constant) -> calibration.change(value.path(), constant));
        }
    }

    private PrunedWeight fitted(CalibratedLayer layer, PruningPlan.Target target) {
        Optional<String> tooWide = Calibration.tooWide(layer);
        if (tooWide.isPresent()) {
            LayerSolution solution =
                    observed(layer, () -> calibration.solvedWide(layer, target.pattern(), target.zeros()));
            String note = tooWide.get() + ", so that only its bias is fitted";
            return pruned(layer, target.weight(), solution, CalibratedMethods.WANDA, note, List.of());
        }
        LayerProblem problem = problem(layer, target.pattern(), target.zeros());
        Optional<String> refusal = method.refusal(problem);
        CalibratedMethod by = refusal.isPresent() ? CalibratedMethods.ADMM : method;
        return fitted(layer, target.weight(), by, problem, refusal.orElse(""));
    }

    private PrunedWeight fitted(
            CalibratedLayer layer, Weight weight, CalibratedMethod by, LayerProblem problem, String note) {
        return pruned(layer, weight, solution(layer, by, problem), by, note, problem.warnings());
    }

    private PrunedWeight pruned(
            CalibratedLayer layer,
            Weight weight,
            LayerSolution solution,
            CalibratedMethod by,
            String note,
            List<String> warnings) {
        return new PrunedWeight(
                weight,
                layer.matrix().mask(solution.kept()),
                layer.matrix().write(solution.weights(), solution.stride(), weight.type()),
                Fitted.alongside(layer, solution, calibration::now),
                Optional.of(new PrunedWeight.Calibrated(
                        by.name(), solution.maskedError(), solution.error(), note, warnings)));
    }

    private LayerSolution solution(CalibratedLayer layer, CalibratedMethod by, LayerProblem problem) {
        try {
            LayerSolution solution = by.solve(problem, products);
            return layer.isClassifier() && by.changesWeights()
                    ? SoftmaxFit.of(problem, solution, products) : solution;
        } catch (NotPositiveDefiniteException e) {
            throw new PruningException(
                    "the layer cannot be solved: " + e.getMessage() + ", with a ridge raised twice",
                    "node '" + layer.node().label() + "'",
                    "give more samples, or leave the layer out with --exclude");
        }
    }

    private LayerProblem problem(CalibratedLayer layer, SparsityPattern pattern, long zeros) {
        return observed(layer, () -> calibration.problem(layer, pattern, zeros));
    }

    private interface Observation<T> {
        T get() throws IOException, ModelRunException;
    }

    private static <T> T observed(CalibratedLayer layer, Observation<T> observation) {
        try {
            return observation.get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ModelRunException e) {
            throw new PruningException(
                    "the layer cannot be calibrated: " + e.getMessage(),
                    "node '" + layer.node().label() + "'",
                    "leave it out with --exclude, or prune without --calibration");
        }
    }

    @Override
    public void close() throws IOException, ModelRunException {
        calibration.close();
        products.close();
        folder.close();
    }
}
