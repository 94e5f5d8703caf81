package dev.espalier.pruning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.pruning.scope.Amount;
import dev.espalier.pruning.scope.Scope;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.aggregator.ArgumentsAccessor;
import org.junit.jupiter.params.provider.CsvFileSource;

/// As many zeros as PyTorch's `torch.nn.utils.prune` makes: counts that `.ci/torch_counts.py` has written.
final class TorchCountsTest {
    private static final List<Shape> SHAPES =
            List.of(Shape.of(16, 3, 3, 3), Shape.of(10, 16), Shape.of(7, 5), Shape.of(1, 9));

    /// The same weights as in the script.
    private static DenseTensor weight(int layer) {
        float[] values = new float[(int) SHAPES.get(layer).elementCount()];
        for (int i = 0; i < values.length; i++) {
            float value = ((7919L * i) % 10007 + 1) / 1024f + layer / 8192f;
            values[i] = i % 3 == 0 ? -value : value;
        }
        return DenseTensor.of(SHAPES.get(layer), values);
    }

    private static Model model() {
        ModelBuilder model = ModelBuilder.opset(17).input("image", ElementType.F32, "N", 3, 8, 8);
        for (int layer = 0; layer < SHAPES.size(); layer++) {
            model.initializer("w" + layer, weight(layer));
            if (layer == 0) {
                model.node("Conv", List.of("image", "w0"), List.of("y0"));
                model.output("y0", ElementType.F32, "N", 16, 6, 6);
            } else {
                model.input("x" + layer, ElementType.F32, "N", SHAPES.get(layer).dim(0));
                model.node("MatMul", List.of("x" + layer, "w" + layer), List.of("y" + layer));
                model.output(
                        "y" + layer, ElementType.F32, "N", SHAPES.get(layer).dim(1));
            }
        }
        return model.build();
    }

    private static PruningPlan prune(Model model, String share, String pattern, Scope scope, PruningMethod method) {
        PruneLimits ofRest =
                new PruneLimits(Amount.Of.REMAINING, PruneLimits.NONE.budget(), PruneLimits.NONE.maxLayer(), 0);
        PruneRule rule = PruneRule.forAll(new PruneSettings(
                Optional.of(Sparsity.parse(share)), PatternChoice.parse(pattern), scope, method, ofRest));
        PruningPlan plan = PruningPlan.of(WeightSearch.in(model), PruneRequest.of(rule));
        Pruner.apply(model, plan, EncodingChoice.parse("dense"), Progress.NONE);
        return plan;
    }

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @CsvFileSource(resources = "/torch_counts.csv")
    void prunesAsManyAsPyTorch(ArgumentsAccessor line) {
        String function = line.getString(0);
        String share = line.getString(1);
        String dim = line.getString(2);
        PruningMethod method = function.startsWith("random") ? PruningMethods.RANDOM : PruningMethods.MAGNITUDE;
        Scope scope = function.startsWith("global") ? Scopes.GLOBAL : Scopes.LAYER;
        String pattern = dim == null ? "unstructured" : "slices:" + dim + norm(line.getString(3));
        Model model = model();
        PruningPlan plan = prune(model, share, pattern, scope, method);
        if (function.endsWith("twice")) {
            plan = prune(model, share, pattern, scope, method);
        }
        List<Long> zeros = new ArrayList<>();
        List<Long> expected = new ArrayList<>();
        for (int layer = 0; layer < SHAPES.size(); layer++) {
            Weight weight = plan.weights().get(layer);
            assertThat(weight.shape()).hasToString(line.getString(4 + 3 * layer));
            zeros.add(weight.zeroCount());
            expected.add(line.getLong(5 + 3 * layer));
            if (dim != null) {
                zeros.add(plan.targets().get(layer).zeros());
                expected.add(line.getLong(6 + 3 * layer));
            }
        }
        assertThat(zeros).isEqualTo(expected);
    }

    private static String norm(String norm) {
        return norm == null
                ? ""
                : switch (norm) {
                    case "1" -> ":l1";
                    case "2" -> "";
                    default -> ":max";
                };
    }
}
