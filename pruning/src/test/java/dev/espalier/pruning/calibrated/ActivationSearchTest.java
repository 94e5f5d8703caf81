package dev.espalier.pruning.calibrated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ActivationSearchTest {
    private static DenseTensor scalar(float value) {
        return DenseTensor.of(Shape.of(), value);
    }

    /// A layer of two outputs, `a`, and what reads it.
    private static ModelBuilder layer() {
        return ModelBuilder.opset(17)
                .input("x", ElementType.F32, "N", 2)
                .output("y", ElementType.F32, "N", 2)
                .initializer("w", DenseTensor.of(Shape.of(2, 2), 1, -2, 3, 4))
                .initializer("b", DenseTensor.of(Shape.of(2), 0, 1))
                .initializer("scale", DenseTensor.of(Shape.of(2), 2, -3))
                .initializer("shift", DenseTensor.of(Shape.of(2), 1, 4))
                .initializer("mean", DenseTensor.of(Shape.of(2), 0.5f, 1))
                .initializer("variance", DenseTensor.of(Shape.of(2), 4, 9))
                .node("Gemm", List.of("x", "w", "b"), List.of("a"));
    }

    private static CalibratedLayer found(Model model) {
        return CalibratedLayer.of(WeightSearch.in(model).weights().getFirst())
                .layer()
                .orElseThrow();
    }

    private static Optional<Activation> activation(ModelBuilder model) {
        return found(model.build()).activation();
    }

    private static ModelBuilder norm(ModelBuilder model) {
        return model.node(
                "BatchNormalization", List.of("a", "scale", "shift", "mean", "variance"), List.of("n"), "epsilon", 0f);
    }

    @Test
    void seesWhatIsBehind() {
        assertThat(activation(layer().node("Relu", List.of("a"), List.of("y")))).hasValue(Activation.RELU);
        assertThat(activation(norm(layer()).node("Relu", List.of("n"), List.of("y"))))
                .hasValue(Activation.RELU);
        assertThat(activation(
                        layer().node("Add", List.of("a", "x"), List.of("s")).node("Relu", List.of("s"), List.of("y"))))
                .hasValue(Activation.RELU);
        assertThat(activation(layer().node("Softmax", List.of("a"), List.of("y"))))
                .hasValue(Activation.SOFTMAX);
        assertThat(activation(norm(layer()).node("LogSoftmax", List.of("n"), List.of("y"))))
                .hasValue(Activation.SOFTMAX);
        assertThat(activation(layer().node("Sigmoid", List.of("a"), List.of("y"))))
                .isEmpty();
    }

    @Test
    void takesLogitsThatAreOutputsForThoseOfASoftmax() {
        ModelBuilder model = ModelBuilder.opset(17)
                .input("x", ElementType.F32, "N", 2)
                .output("y", ElementType.F32, "N", 2)
                .initializer("w", DenseTensor.of(Shape.of(2, 2), 1, -2, 3, 4))
                .initializer("b", DenseTensor.of(Shape.of(2), 0, 1))
                .node("Gemm", List.of("x", "w", "b"), List.of("y"));
        assertThat(activation(model)).hasValue(Activation.SOFTMAX);
    }

    @Test
    void takesAClipForAReluIfItsMinimumIsZero() {
        assertThat(activation(layer().initializer("low", scalar(0))
                        .initializer("high", scalar(6))
                        .node("Clip", List.of("a", "low", "high"), List.of("y"))))
                .hasValue(Activation.RELU);
        assertThat(activation(layer().initializer("low", scalar(-1)).node("Clip", List.of("a", "low"), List.of("y"))))
                .isEmpty();
        assertThat(activation(layer().node("Clip", List.of("a"), List.of("y")))).isEmpty();
    }

    @Test
    void seesNothingWhereOthersReadTheOutputsToo() {
        assertThat(activation(
                        layer().node("Relu", List.of("a"), List.of("r")).node("Add", List.of("r", "a"), List.of("y"))))
                .isEmpty();
        assertThat(activation(
                        layer().node("Softmax", List.of("a"), List.of("p")).node("Relu", List.of("p"), List.of("y"))))
                .isEmpty();
    }

    @Test
    void knowsWhatANormMakesZeroOf() {
        BatchNorm norm = found(
                        norm(layer()).node("Relu", List.of("n"), List.of("y")).build())
                .norm()
                .orElseThrow();
        // 2 (x - 0.5) / 2 + 1 is zero at -0.5; the other falls as x rises.
        assertThat(norm.zeros()).containsExactly(new double[] {-0.5, Double.NEGATIVE_INFINITY}, within(1e-6));
    }
}
