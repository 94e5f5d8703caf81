package dev.espalier.run.calibrate;

import dev.espalier.onnx.Constant;
import dev.espalier.pruning.ModelChanges;
import dev.espalier.pruning.PrunedWeight;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.PruningMethod;
import dev.espalier.pruning.PruningMethods;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.Weight;
import dev.espalier.pruning.calibrated.Activation;
import dev.espalier.pruning.calibrated.ActivationFit;
import dev.espalier.pruning.calibrated.CalibratedLayer;
import dev.espalier.pruning.calibrated.CalibratedMethod;
import dev.espalier.pruning.calibrated.CalibratedMethods;
import dev.espalier.pruning.calibrated.LayerProblem;
import dev.espalier.pruning.calibrated.LayerSolution;
import dev.espalier.pruning.calibrated.NotPositiveDefiniteException;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.sparse.SparsityPattern;
import dev.espalier.sparse.Unstructured;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Prunes layer after layer with samples: each so that what the layers before it have lost is made good
/// as far as it can.
public final class CalibratedPruning implements PruningMethod, AutoCloseable {
    /// Where single weights go, that outputs below the zero of a ReLU may be anywhere there gains nothing.
    static final Set<Activation> IN_PRUNING = EnumSet.of(Activation.SOFTMAX);

    private final CalibratedMethod method;
    private final Calibration calibration;

    private CalibratedPruning(CalibratedMethod method, Calibration calibration) {
        this.method = method;
        this.calibration = calibration;
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
        List<CalibratedLayer> layers = weights.stream()
                .flatMap(weight -> CalibratedLayer.of(weight).layer().stream())
                .toList();
        return new CalibratedPruning(method, Calibration.open(source, layers, data, request, memory, threads));
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
    ///
    /// @param activations which of them layers are fitted to
    Optional<PrunedWeight> fit(Weight weight, CalibratedMethod by, Set<Activation> activations) {
        Optional<PrunedWeight> fitted = found(weight).layer().map(layer -> {
            Optional<Activation> activation = activation(layer, by, activations);
            LayerProblem problem = problem(layer, new Unstructured(), 0, activation);
            return fitted(layer, weight, by, problem, activation, "");
        });
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
        Optional<Activation> activation = activation(layer, method, IN_PRUNING);
        LayerProblem problem = problem(layer, target.pattern(), target.zeros(), activation);
        Optional<String> refusal = method.refusal(problem);
        CalibratedMethod by = refusal.isPresent() ? CalibratedMethods.ADMM : method;
        return fitted(layer, target.weight(), by, problem, activation, refusal.orElse(""));
    }

    private PrunedWeight fitted(
            CalibratedLayer layer,
            Weight weight,
            CalibratedMethod by,
            LayerProblem problem,
            Optional<Activation> activation,
            String note) {
        LayerSolution solution = solution(layer, by, problem);
        LayerSolution further = activation
                .map(behind -> ActivationFit.of(behind, problem, solution, calibration.products()))
                .orElse(solution);
        return pruned(layer, weight, further, by, note, problem.warnings());
    }

    private static Optional<Activation> activation(
            CalibratedLayer layer, CalibratedMethod by, Set<Activation> activations) {
        return layer.activation().filter(activations::contains).filter(activation -> by.changesWeights());
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
                        by.name(), solution.maskedError(), solution.error(), note, warnings)),
                Optional.empty());
    }

    private LayerSolution solution(CalibratedLayer layer, CalibratedMethod by, LayerProblem problem) {
        try {
            return by.solve(problem, calibration.products());
        } catch (NotPositiveDefiniteException e) {
            throw new PruningException(
                    "the layer cannot be solved: " + e.getMessage() + ", with a ridge raised twice",
                    "node '" + layer.node().label() + "'",
                    "give more samples, or leave the layer out with --exclude");
        }
    }

    private LayerProblem problem(
            CalibratedLayer layer, SparsityPattern pattern, long zeros, Optional<Activation> activation) {
        return observed(layer, () -> calibration.problem(layer, pattern, zeros, activation.isPresent()));
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
    public void close() throws ModelRunException {
        calibration.close();
    }
}
