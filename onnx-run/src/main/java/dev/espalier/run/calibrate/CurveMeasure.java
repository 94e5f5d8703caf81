package dev.espalier.run.calibrate;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.Progress;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.calibrated.CalibratedLayer;
import dev.espalier.pruning.calibrated.LayerLevels;
import dev.espalier.pruning.calibrated.LayerProblem;
import dev.espalier.pruning.calibrated.LayerSolution;
import dev.espalier.pruning.calibrated.SensitivityCurves;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.sparse.DenseTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Measures what each layer alone, pruned to several sparsities and fitted, does to the output of the model.
public final class CurveMeasure {
    /// Shares of zeros.
    public static final List<Double> LEVELS = List.of(0.3, 0.5, 0.65, 0.75, 0.85, 0.9, 0.95, 0.98);

    /// Samples whose outputs are compared.
    private static final int COMPARED = 128;

    private final Graph graph;
    private final Calibration calibration;
    private final int batches;
    private Divergence kind = Divergence.ANY;

    private CurveMeasure(Graph graph, Calibration calibration, int batches) {
        this.graph = graph;
        this.calibration = calibration;
        this.batches = batches;
    }

    /// Measures the layers of a plan that can be calibrated.
    ///
    /// @param source the model's file
    /// @param memory bytes of activations that may be kept
    public static SensitivityCurves of(
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
            CurveMeasure measure = new CurveMeasure(
                    OnnxReader.read(source).graph(), calibration, Math.max(1, COMPARED / request.batch()));
            List<SensitivityCurves.Curve> curves = new ArrayList<>();
            for (Map.Entry<CalibratedLayer, PruningPlan.Target> layer : layers.entrySet()) {
                progress.at(
                        curves.size(), layers.size(), layer.getKey().weight().name());
                curves.add(measure.curve(layer.getKey(), layer.getValue()));
            }
            progress.at(curves.size(), layers.size(), "");
            return new SensitivityCurves(measure.kind.label(), LEVELS, curves);
        }
    }

    private SensitivityCurves.Curve curve(CalibratedLayer layer, PruningPlan.Target target)
            throws IOException, ModelRunException {
        LayerProblem problem = calibration.problem(layer, target.pattern(), 0);
        long units = target.pattern().unitCount(target.weight().shape());
        List<Long> zeros =
                LEVELS.stream().map(level -> Math.round(level * units)).toList();
        List<Map<String, DenseTensor>> levels = new ArrayList<>();
        for (LayerSolution solution : LayerLevels.of(problem, zeros, calibration.products())) {
            Map<Value, Constant> constants = new LinkedHashMap<>();
            constants.put(
                    layer.weight().value(),
                    Constant.of(layer.matrix()
                            .write(
                                    solution.weights(),
                                    solution.stride(),
                                    layer.weight().type())));
            constants.putAll(Fitted.alongside(layer, solution, calibration::now));
            levels.add(decoded(constants));
        }
        return new SensitivityCurves.Curve(layer.weight().name(), units, compared(levels));
    }

    private static Map<String, DenseTensor> decoded(Map<Value, Constant> constants) {
        return constants.entrySet().stream()
                .collect(Collectors.toMap(
                        e -> e.getKey().path(), e -> e.getValue().decode()));
    }

    private List<Double> compared(List<Map<String, DenseTensor>> levels) throws IOException, ModelRunException {
        Set<String> open = levels.getFirst().keySet();
        Set<String> outputs = graph.outputs().stream().map(Value::name).collect(Collectors.toSet());
        double[] sums = new double[levels.size()];
        try (Piece rest = calibration.rest(open, outputs)) {
            int from = Math.max(0, calibration.batches() - batches);
            for (int batch = from; batch < calibration.batches(); batch++) {
                try (Arena arena = Arena.ofShared()) {
                    Map<String, DenseTensor> given = new HashMap<>(calibration.kept(batch));
                    open.forEach(name -> given.put(name, dense(name)));
                    Map<String, DenseTensor> meant = rest.run(given, arena);
                    for (int level = 0; level < sums.length; level++) {
                        given.putAll(levels.get(level));
                        sums[level] += divergence(meant, rest.run(given, arena), calibration.mask(batch));
                    }
                }
            }
            List<Double> means = new ArrayList<>();
            for (double sum : sums) {
                means.add(sum / (calibration.batches() - from));
            }
            return means;
        }
    }

    private DenseTensor dense(String name) {
        DenseTensor tensor =
                graph.value(name).flatMap(Value::constant).orElseThrow().decode();
        // Outside the Java heap, for the runtime.
        DenseTensor copy = DenseTensor.zeros(tensor.type(), tensor.shape());
        copy.data().copyFrom(tensor.data());
        return copy;
    }

    private double divergence(Map<String, DenseTensor> meant, Map<String, DenseTensor> actual, Optional<Tensor> mask) {
        double sum = 0;
        for (Map.Entry<String, DenseTensor> entry : meant.entrySet()) {
            DenseTensor other = actual.get(entry.getKey());
            if (other != null && entry.getValue().type().isFloat()) {
                Tensor one = Tensor.of(entry.getValue());
                kind = Divergence.suiting(one, mask.orElse(null));
                sum += kind.of(one, Tensor.of(other), mask.orElse(null));
            }
        }
        return sum;
    }
}
