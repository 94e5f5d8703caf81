package dev.espalier.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.ModelBuilder;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a model chooses among nearly equal numbers does not hide whether another computes the same, and does not
/// count as a difference either.
final class ChannelProofTest {
    private static final float ROUNDING = 3e-7f;

    private static Difference between(ModelBuilder one, ModelBuilder other, String... cut)
            throws IOException, ModelRunException {
        return ChannelProof.between(one.build(), other.build(), Set.of(cut), 3);
    }

    /// Two scores that are equal but for what is added to each; the place of the larger, times a factor.
    private static ModelBuilder ranked(float first, float second, String operator, float factor) {
        ModelBuilder net = ModelBuilder.opset(13)
                .input("x", ElementType.F32, 4, 1)
                .initializer("biases", DenseTensor.of(Shape.of(2), first, second))
                .initializer("factor", DenseTensor.of(Shape.of(), factor))
                .initializer("one", DenseTensor.ofBits(ElementType.I64, Shape.of(1), 1))
                .node("Add", List.of("x", "biases"), List.of("scores"));
        boolean isTopK = operator.equals("TopK");
        return net.node(
                        operator,
                        isTopK ? List.of("scores", "one") : List.of("scores"),
                        isTopK ? List.of("score", "place") : List.of("place"),
                        "axis",
                        1L)
                .node("Cast", List.of("place"), List.of("real"), "to", 1L)
                .node("Mul", List.of("real", "factor"), List.of("y"))
                .output("y", ElementType.F32, 4, 1);
    }

    @Test
    void whatRoundingDecidesIsNoDifference() throws IOException, ModelRunException {
        for (String operator : List.of("ArgMax", "ArgMin", "TopK")) {
            Difference difference = between(ranked(0, ROUNDING, operator, 100), ranked(ROUNDING, 0, operator, 100));
            assertThat(difference.isRounding()).as(operator + difference).isTrue();
            assertThat(difference.choices()).isEqualTo(1);
            assertThat(difference.elements())
                    .as("scores and what is made of the choice")
                    .isEqualTo(12);
        }
    }

    @Test
    void choicesThatAgreeAreNotGiven() throws IOException, ModelRunException {
        Difference difference = between(ranked(0, 1, "ArgMax", 100), ranked(ROUNDING, 1, "ArgMax", 100));
        assertThat(difference.isRounding()).isTrue();
        assertThat(difference.choices()).isZero();
        assertThat(difference.absolute()).isZero();
    }

    @Test
    void whatIsMadeOfAChoiceMustBeTheSame() throws IOException, ModelRunException {
        assertThat(between(ranked(ROUNDING, 0, "ArgMax", 100), ranked(0, ROUNDING, "ArgMax", 101))
                        .isRounding())
                .isFalse();
    }

    @Test
    void whatIsChosenFromMustBeTheSame() throws IOException, ModelRunException {
        // The choices are the same, and so are the outputs.
        assertThat(between(ranked(0, 1, "ArgMax", 100), ranked(0, 1.01f, "ArgMax", 100))
                        .isRounding())
                .isFalse();
    }

    @Test
    void choicesByOtherRulesAreNotTakenOver() throws IOException, ModelRunException {
        assertThat(between(ranked(0, ROUNDING, "ArgMax", 100), ranked(0, ROUNDING, "ArgMin", 100))
                        .isRounding())
                .isFalse();
    }

    @Test
    void amongChannelsThatWentEachChoosesByItself() throws IOException, ModelRunException {
        assertThat(between(ranked(0, ROUNDING, "ArgMax", 100), ranked(ROUNDING, 0, "ArgMax", 100), "scores")
                        .isRounding())
                .isFalse();
    }

    /// What is above a limit, which is nothing.
    private static ModelBuilder none(float factor) {
        return ModelBuilder.opset(13)
                .input("x", ElementType.F32, 8)
                .initializer("factor", DenseTensor.of(Shape.of(), factor))
                .initializer("limit", DenseTensor.of(Shape.of(), 10))
                .node("Mul", List.of("x", "factor"), List.of("scores"))
                .node("Greater", List.of("scores", "limit"), List.of("isAbove"))
                .node("Compress", List.of("scores", "isAbove"), List.of("y"))
                .output("y", ElementType.F32, "n");
    }

    @Test
    void outputsWithoutNumbersProveNothing() throws IOException, ModelRunException {
        Difference same = between(none(1), none(1));
        assertThat(same.isRounding()).isTrue();
        assertThat(same.elements()).as("the scores").isEqualTo(8);
        assertThat(between(none(1), none(2)).isRounding()).isFalse();
    }

    /// The larger of two scores is chosen in a branch, which knows the scores by their name.
    private static ModelBuilder inBranch(float first, float second, long axis) {
        ModelBuilder then = ModelBuilder.opset(13)
                .node("ArgMax", List.of("scores"), List.of("then_place"), "axis", axis)
                .output("then_place", ElementType.I64, 1, 2);
        ModelBuilder otherwise = ModelBuilder.opset(13)
                .node("ArgMin", List.of("scores"), List.of("else_place"), "axis", axis)
                .output("else_place", ElementType.I64, 1, 2);
        return ModelBuilder.opset(13)
                .input("x", ElementType.F32, 1, 2)
                .input("condition", ElementType.BOOL)
                .initializer("biases", DenseTensor.of(Shape.of(2, 1), first, second))
                .initializer("hundred", DenseTensor.of(Shape.of(), 100))
                .node("Add", List.of("x", "biases"), List.of("scores"))
                .nodeWithBodies(
                        "If", List.of("condition"), List.of("place"), "then_branch", then, "else_branch", otherwise)
                .node("Cast", List.of("place"), List.of("real"), "to", 1L)
                .node("Mul", List.of("real", "hundred"), List.of("y"))
                .output("y", ElementType.F32, 1, 2);
    }

    @Test
    void branchesChooseToo() throws IOException, ModelRunException {
        Difference difference = between(inBranch(0, ROUNDING, 0), inBranch(ROUNDING, 0, 0));
        assertThat(difference.isRounding()).as(difference.toString()).isTrue();
        assertThat(difference.choices()).isEqualTo(1);
        assertThat(between(inBranch(0, 1, 0), inBranch(0, 1.01f, 0)).isRounding())
                .as("what they choose from")
                .isFalse();
    }
}
