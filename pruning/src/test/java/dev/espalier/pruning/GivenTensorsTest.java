package dev.espalier.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class GivenTensorsTest {
    /// Tensors that are there.
    record InMemory(Map<String, DenseTensor> tensors) implements NamedTensors {
        @Override
        public String source() {
            return "the test";
        }

        @Override
        public List<String> names() {
            return List.copyOf(tensors.keySet());
        }

        @Override
        public DenseTensor read(String name, Shape shape) {
            DenseTensor tensor = Objects.requireNonNull(tensors.get(name));
            assertThat(tensor.shape()).isEqualTo(shape);
            return tensor;
        }
    }

    private static Model model() {
        return ModelBuilder.opset(17)
                .input("x", ElementType.F32, "N", 3)
                .initializer("w", DenseTensor.of(Shape.of(3, 2), 1, -2, 0, Float.NaN, 5, -6))
                .initializer("v", DenseTensor.of(Shape.of(2, 2), 1, 2, 3, 4))
                .node("MatMul", List.of("x", "w"), List.of("h"))
                .node("MatMul", List.of("h", "v"), List.of("y"))
                .output("y", ElementType.F32, "N", 2)
                .build();
    }

    private static PruningPlan prune(
            Model model, String method, Optional<Sparsity> share, Map<String, DenseTensor> given) {
        return prune(model, method, share, given, NameMap.NONE);
    }

    private static PruningPlan prune(
            Model model, String method, Optional<Sparsity> share, Map<String, DenseTensor> given, NameMap names) {
        Optional<GivenTensors> tensors = Optional.of(new GivenTensors(new InMemory(given), names));
        MethodInputs inputs = new MethodInputs(OptionalDouble.of(3), tensors, tensors);
        PruneRule rule = PruneRule.forAll(new PruneSettings(
                share,
                new PatternChoice.Unstructured(),
                Scopes.LAYER,
                PruningMethods.named(method).orElseThrow().with(inputs),
                PruneLimits.NONE));
        PruningPlan plan = PruningPlan.of(WeightSearch.in(model), PruneRequest.of(rule));
        Pruner.apply(model, plan, EncodingChoice.parse("dense"), Progress.NONE);
        return plan;
    }

    private static float[] floats(Model model, String name) {
        DenseTensor tensor =
                model.graph().value(name).flatMap(Value::constant).orElseThrow().decode();
        float[] floats = new float[(int) tensor.elementCount()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = Float.intBitsToFloat((int) tensor.bitsAt(i));
        }
        return floats;
    }

    private static final DenseTensor V = DenseTensor.of(Shape.of(2, 2), 1, 0, 0, 1);

    @Test
    void aThresholdTakesWhatIsBelowIt() {
        Model model = model();
        PruningPlan plan = prune(model, "threshold", Optional.empty(), Map.of());
        assertThat(floats(model, "w")).containsExactly(0, 0, 0, Float.NaN, 5, -6);
        // 3 is not below 3.
        assertThat(floats(model, "v")).containsExactly(0, 0, 3, 4);
        assertThat(plan.targets()).extracting(PruningPlan.Target::zeros).containsExactly(3L, 2L);
    }

    @Test
    void aThresholdBetweenTwoFloatsCountsAsItIsWritten() {
        Model model = ModelBuilder.opset(17)
                .input("x", ElementType.F32, "N", 1)
                .initializer("w", DenseTensor.of(Shape.of(1, 2), 0.1f, Math.nextUp(0.1f)))
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .output("y", ElementType.F32, "N", 2)
                .build();
        // As a double, the float nearest to 0.1 is larger than 0.1: it stays.
        MethodInputs inputs = new MethodInputs(OptionalDouble.of(0.1), Optional.empty(), Optional.empty());
        PruneRule rule = PruneRule.forAll(new PruneSettings(
                Optional.empty(),
                new PatternChoice.Unstructured(),
                Scopes.LAYER,
                PruningMethods.named("threshold").orElseThrow().with(inputs),
                PruneLimits.NONE));
        PruningPlan plan = PruningPlan.of(WeightSearch.in(model), PruneRequest.of(rule));
        assertThat(plan.targets().getFirst().zeros()).isZero();
    }

    @Test
    void scoresDecideInPlaceOfMagnitudes() {
        Model model = model();
        Map<String, DenseTensor> scores = Map.of(
                "w", DenseTensor.of(Shape.of(3, 2), 9, 8, 7, 0, 1, 2), "v", DenseTensor.of(Shape.of(2, 2), 4, 3, 2, 1));
        prune(model, "scores", Optional.of(Sparsity.parse("0.5")), scores);
        // What is zero goes first, what is NaN never.
        assertThat(floats(model, "w")).containsExactly(1, -2, 0, Float.NaN, 0, 0);
        assertThat(floats(model, "v")).containsExactly(1, 2, 0, 0);
    }

    @Test
    void weightsWithoutScoresAreLeftAlone() {
        Model model = model();
        PruningPlan plan = prune(model, "scores", Optional.of(Sparsity.parse("0.5")), Map.of("v", V));
        assertThat(plan.weights()).extracting(Weight::name).containsExactly("v");
        assertThat(plan.leftAlone()).extracting(LeftAlone::reason).contains("nothing is given for it in the test");
    }

    @Test
    void masksSayWhatGoes() {
        Model model = model();
        PruningPlan plan = prune(
                model,
                "mask",
                Optional.empty(),
                Map.of("w", DenseTensor.of(Shape.of(3, 2), 0, 1, 1, 0, 1, -0f), "v", V));
        assertThat(floats(model, "w")).containsExactly(0, -2, 0, Float.NaN, 5, 0);
        assertThat(floats(model, "v")).containsExactly(1, 0, 0, 4);
        assertThat(plan.targets()).extracting(PruningPlan.Target::zeros).containsExactly(3L, 2L);
    }

    @Test
    void namesAreMappedAndMatricesTransposed() {
        Model model = model();
        NameMap names = new NameMap(Map.of("v", "fc.weight.T"));
        prune(model, "mask", Optional.empty(), Map.of("fc.weight", DenseTensor.of(Shape.of(2, 2), 1, 0, 1, 1)), names);
        assertThat(floats(model, "v")).containsExactly(1, 2, 0, 4);
    }

    @Test
    void refusesWhatIsNoMask() {
        Map<String, DenseTensor> given = Map.of("v", DenseTensor.of(Shape.of(2, 2), 1, 0, 0.5f, 1));
        assertThatThrownBy(() -> prune(model(), "mask", Optional.empty(), given))
                .isInstanceOf(PruningException.class)
                .hasMessage("a mask has another value than 0 and 1, at [1, 0]");
    }

    @Test
    void refusesScoresThatOrderNothing() {
        for (float bad : new float[] {-1, Float.NaN}) {
            Map<String, DenseTensor> given = Map.of("v", DenseTensor.of(Shape.of(2, 2), 1, bad, 2, 1));
            assertThatThrownBy(() -> prune(model(), "scores", Optional.of(Sparsity.parse("0.5")), given))
                    .isInstanceOf(PruningException.class)
                    .hasMessage("a score is " + (double) bad + ", at [0, 1]");
        }
    }

    @Test
    void refusesNamesThatMeanNothing() {
        assertThatThrownBy(() -> prune(model(), "mask", Optional.empty(), Map.of("fc.weight", V)))
                .isInstanceOf(PruningException.class)
                .hasMessage("no tensor is named 'fc.weight', as an array is");
        NameMap names = new NameMap(Map.of("fc", "v"));
        assertThatThrownBy(() -> prune(model(), "mask", Optional.empty(), Map.of("v", V), names))
                .isInstanceOf(PruningException.class)
                .hasMessage("no tensor is named 'fc'");
    }
}
