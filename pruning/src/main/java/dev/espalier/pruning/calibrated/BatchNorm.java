package dev.espalier.pruning.calibrated;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import java.util.Optional;

/// A BatchNormalization in inference form: `y = slope x + constant`, with `slope = scale / sqrt(variance + epsilon)`,
/// for each channel.
public final class BatchNorm {
    private static final double DEFAULT_EPSILON = 1e-5;

    private final Node node;
    private final double[] slope;
    private final double[] mean;
    private final Value denseShift;

    private BatchNorm(Node node, double[] slope, double[] mean, Value denseShift) {
        this.node = node;
        this.slope = slope;
        this.mean = mean;
        this.denseShift = denseShift;
    }

    /// The same, held against that of the dense model.
    BatchNorm against(Graph dense) {
        return new BatchNorm(node, slope, mean, dense.value(shift().name()).orElse(denseShift));
    }

    /// Adds what its shift has more than the dense model's, as a bias in front of it.
    void addBias(double[] bias) {
        double[] is = shiftValues();
        double[] was = values(denseShift);
        for (int i = 0; i < bias.length; i++) {
            bias[i] += slope[i] == 0 ? 0 : (is[i] - was[i]) / slope[i];
        }
    }

    /// The one that alone reads a value, if its parameters are constants of its own.
    static Optional<BatchNorm> after(Value value) {
        return LayerSearch.onlyUse(value, "BatchNormalization")
                .filter(use -> use.index() == 0)
                .flatMap(use -> of(use.node()));
    }

    private static Optional<BatchNorm> of(Node node) {
        Optional<DenseTensor> scale = parameter(node, 1);
        Optional<DenseTensor> mean = parameter(node, 3);
        Optional<DenseTensor> variance = parameter(node, 4);
        boolean isOwn = node.input(2).filter(shift -> shift.uses().size() == 1).isPresent()
                && parameter(node, 2).isPresent();
        if (scale.isEmpty()
                || mean.isEmpty()
                || variance.isEmpty()
                || !isOwn
                || node.intAttribute("training_mode", 0) != 0) {
            return Optional.empty();
        }
        double epsilon = node.attribute("epsilon").orElse(null) instanceof Attribute.Real(String name, float value)
                ? value
                : DEFAULT_EPSILON;
        double[] slope = Numbers.of(scale.get());
        double[] squares = Numbers.of(variance.get());
        for (int i = 0; i < slope.length; i++) {
            slope[i] /= Math.sqrt(squares[i] + epsilon);
        }
        return Optional.of(
                new BatchNorm(node, slope, Numbers.of(mean.get()), node.input(2).orElseThrow()));
    }

    private static Optional<DenseTensor> parameter(Node node, int input) {
        return node.input(input)
                .flatMap(Value::constant)
                .filter(constant -> Numbers.areIn(constant.type()))
                .map(Constant::decode);
    }

    /// What it gives.
    public Value output() {
        return node.output(0).orElseThrow();
    }

    /// The constant that is added to each channel.
    public Value shift() {
        return node.input(2).orElseThrow();
    }

    /// Its elements as they are now.
    public double[] shiftValues() {
        return values(shift());
    }

    private static double[] values(Value shift) {
        return Numbers.of(shift.constant().orElseThrow().decode());
    }

    /// What each channel is multiplied by.
    public double slope(int channel) {
        return slope[channel];
    }

    /// The x of each channel that the dense model's makes zero of, if what is below becomes less; minus
    /// infinity otherwise.
    public double[] zeros() {
        double[] shifts = values(denseShift);
        double[] zeros = new double[slope.length];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = slope[i] > 0 ? mean[i] - shifts[i] / slope[i] : Double.NEGATIVE_INFINITY;
        }
        return zeros;
    }
}
