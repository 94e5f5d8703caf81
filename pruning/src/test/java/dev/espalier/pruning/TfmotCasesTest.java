package dev.espalier.pruning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Cases of TensorFlow Model Optimization, worked out by hand from its formulas: blocks of |w| pooled with SAME
/// padding,
/// of which max(round(n (1 - s)), 1) stay; and m zeros in each n along the inputs, the last group filled up with
/// zeros. Differences are those of docs/semantics.md.
final class TfmotCasesTest {
    /// A Dense kernel of TensorFlow's: inputs x outputs, as MatMul has it.
    private static float[] prune(String pattern, String sparsity, Shape shape, float... values) {
        Model model = ModelBuilder.opset(17)
                .input("x", ElementType.F32, "N", shape.dim(0))
                .initializer("w", DenseTensor.of(shape, values))
                .node("MatMul", List.of("x", "w"), List.of("y"))
                .output("y", ElementType.F32, "N", shape.dim(1))
                .build();
        PatternChoice choice = PatternChoice.parse(pattern);
        Sparsity share = choice.sparsity().orElseGet(() -> Sparsity.parse(sparsity));
        PruningPlan plan = PruningPlan.of(WeightSearch.in(model), PruneRequest.of(share, choice, Scopes.LAYER));
        Pruner.apply(model, plan, EncodingChoice.parse("dense"), Progress.NONE);
        DenseTensor tensor = plan.weights().getFirst().tensor();
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = Float.intBitsToFloat((int) tensor.bitsAt(i));
        }
        return result;
    }

    /// Blocks of 2x2 inputs x outputs, as stored. Means of |w|: 2.5 and 3.25, then at the lower edge of the odd height,
    /// over the two that there are, 3 and 1. Half of four blocks, so the two smallest, go: 1 and 2.5.
    @Test
    void blocksByTheirMeanWithSmallerOnesAtTheEdge() {
        assertThat(prune("block:2x2", "0.5", Shape.of(3, 4), 1, -2, 4, 1, 3, 4, -7, 1, 5, -1, 1, 1))
                .containsExactly(0, 0, 4, 1, 0, 0, -7, 1, 5, -1, 0, 0);
    }

    /// The same by the largest: 4 and 7, 5 and 1.
    @Test
    void blocksByTheirMaximum() {
        assertThat(prune("block:2x2:max", "0.5", Shape.of(3, 4), 1, -2, 4, 1, 3, 4, -7, 1, 5, -1, 1, 1))
                .containsExactly(0, 0, 4, 1, 0, 0, -7, 1, 5, -1, 0, 0);
        assertThat(prune("block:2x2:max", "0.25", Shape.of(3, 4), 1, -2, 4, 1, 3, 4, -7, 1, 5, -1, 1, 1))
                .containsExactly(1, -2, 4, 1, 3, 4, -7, 1, 5, -1, 0, 0);
    }

    /// block_size (1, 2) in TensorFlow is one input and two outputs: 2x1 here, outputs first. Means 1.5, 3.5, 2,
    /// 3.
    @Test
    void blocksOfTensorFlowNameInputsFirst() {
        assertThat(prune("block:2x1", "0.5", Shape.of(2, 4), 1, 2, 3, 4, 2, -2, 3, -3))
                .containsExactly(0, 0, 3, 4, 0, 0, 3, -3);
    }

    /// sparsity_m_by_n (2, 4): in each column of 4 inputs the two smallest go.
    @Test
    void twoZerosInEveryFourInputs() {
        assertThat(prune("2:4", "", Shape.of(4, 2), 4, 1, -3, -2, 2, 3, 1, 4)).containsExactly(4, 0, -3, 0, 0, 3, 0, 4);
    }

    /// sparsity_m_by_n (1, 4) is one zero in four, so three stay.
    @Test
    void oneZeroInFourIsThreeOfFourHere() {
        assertThat(prune("3:4", "", Shape.of(4, 1), 4, -3, 2, 1)).containsExactly(4, -3, 2, 0);
    }

    /// Six inputs: TensorFlow fills the last two up with two zeros, which are the two that go; here the rest
    /// stays too.
    @Test
    void aRestOfTwoStays() {
        assertThat(prune("2:4", "", Shape.of(6, 1), 4, 3, 2, 1, 0.5f, 0.25f)).containsExactly(4, 3, 0, 0, 0.5f, 0.25f);
    }

    /// Seven inputs: of the last three TensorFlow takes the smallest, to have two zeros with the one it filled up
    /// with. Here all three stay.
    @Test
    void aRestOfThreeStaysToo() {
        assertThat(prune("2:4", "", Shape.of(7, 1), 4, 3, 2, 1, 0.5f, 0.25f, 0.75f))
                .containsExactly(4, 3, 0, 0, 0.5f, 0.25f, 0.75f);
    }

    /// Five weights at one half: TensorFlow keeps round(2.5) = 2, here round(2.5) = 2 go. Of equal ones TensorFlow
    /// keeps all, here as many go as were asked for.
    @Test
    void halvesAndTiesDiffer() {
        assertThat(prune("unstructured", "0.5", Shape.of(5, 1), 1, 2, 3, 4, 5)).containsExactly(0, 0, 3, 4, 5);
        assertThat(prune("unstructured", "0.5", Shape.of(4, 1), 1, 1, 1, 1)).containsExactly(0, 0, 1, 1);
    }
}
