package dev.espalier.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GraphTest {
    private static final DenseTensor TWO = DenseTensor.of(Shape.of(2), 1, 2);

    private static Value value(Model model, String name) {
        return model.graph().value(name).orElseThrow();
    }

    private static ModelBuilder chain() {
        return ModelBuilder.opset(17)
                .input("x", ElementType.F32, 2)
                .initializer("w", TWO)
                .node("Add", List.of("x", "w"), List.of("a"))
                .node("Relu", List.of("a"), List.of("b"))
                .output("b", ElementType.F32, 2);
    }

    @Test
    void knowsWhoMakesAndWhoReadsAValue() {
        Model model = chain().build();
        assertThat(value(model, "a").producer().orElseThrow().operator()).isEqualTo("Add");
        assertThat(value(model, "w").uses()).extracting(Use::index).containsExactly(1);
        assertThat(value(model, "b").isOutput()).isTrue();
        assertThat(value(model, "x").isInput()).isTrue();
        assertThat(value(model, "w").isInitializer()).isTrue();
    }

    @Test
    void findsValuesOfTheGraphsAround() {
        ModelBuilder branch = ModelBuilder.opset(17)
                .initializer("w", TWO)
                .node("Mul", List.of("a", "w"), List.of("m"))
                .output("m", ElementType.F32, 2);
        Model model = chain().input("c", ElementType.BOOL)
                .nodeWithBodies("If", List.of("c"), List.of("i"), "then_branch", branch, "else_branch", branch)
                .build();
        Node branching = value(model, "i").producer().orElseThrow();
        Graph then = branching.bodies().getFirst();
        assertThat(value(model, "a").uses()).hasSize(3);
        assertThat(then.value("w").orElseThrow().path()).isEqualTo("i:then_branch/w");
        assertThat(branching.bodies().get(1).value("w").orElseThrow().path()).isEqualTo("i:else_branch/w");
        assertThat(value(model, "w").uses()).hasSize(1);
        assertThat(model.allGraphs()).hasSize(3);
    }

    @Test
    void takesNodesInAnyOrder() {
        Model model = ModelBuilder.opset(17)
                .input("x", ElementType.F32, 2)
                .node("Relu", List.of("a"), List.of("b"))
                .node("Abs", List.of("x"), List.of("a"))
                .output("b", ElementType.F32, 2)
                .build();
        assertThat(model.graph().nodesOutOfOrder()).isEqualTo(1);
        assertThat(value(model, "a").uses()).hasSize(1);
        assertThat(chain().build().graph().nodesOutOfOrder()).isZero();
    }

    @Test
    void refusesANameThatIsDefinedTwice() {
        ModelBuilder twice = chain().node("Abs", List.of("x"), List.of("a"));
        assertThatThrownBy(twice::build)
                .isInstanceOf(OnnxFormatException.class)
                .hasMessage("the name 'a' is defined twice, once as a node output");
    }

    @Test
    void readsConstantNodesInEveryForm() {
        Model model = ModelBuilder.opset(13)
                .node("Constant", List.of(), List.of("t"), "value", TWO)
                .node("Constant", List.of(), List.of("i"), "value_int", 7)
                .node("Constant", List.of(), List.of("is"), "value_ints", List.of(1, 2, 3))
                .node("Constant", List.of(), List.of("f"), "value_float", 0.5f)
                .build();
        assertThat(value(model, "t").constant().orElseThrow().shape()).isEqualTo(Shape.of(2));
        assertThat(value(model, "i").constant().orElseThrow().decode().bitsAt(0))
                .isEqualTo(7);
        assertThat(value(model, "is").constant().orElseThrow().shape()).isEqualTo(Shape.of(3));
        assertThat(value(model, "f").constant().orElseThrow().type()).isEqualTo(ElementType.F32);
        assertThat(value(model, "t").isInitializer()).isFalse();
    }

    @Test
    void patchReplacesConstantsAndUses() {
        Model model = chain().initializer("v", TWO).build();
        DenseTensor zeros = DenseTensor.of(Shape.of(2), 0, 0);
        GraphPatch.labelled("test")
                .replaceConstant(value(model, "w"), Constant.of(zeros))
                .replaceAllUses(value(model, "a"), value(model, "v"))
                .apply();
        assertThat(value(model, "w").constant().orElseThrow().decode()).isEqualTo(zeros);
        assertThat(value(model, "a").uses()).isEmpty();
        assertThat(value(model, "v").uses())
                .extracting(use -> use.node().operator())
                .containsExactly("Relu");
    }

    @Test
    void patchChangesAllOrNothing() {
        Model model = chain().build();
        Node add = value(model, "a").producer().orElseThrow();
        GraphPatch patch = GraphPatch.labelled("break it")
                .replaceConstant(value(model, "w"), Constant.of(DenseTensor.of(Shape.of(2), 0, 0)))
                .removeNodes(List.of(add));
        assertThatThrownBy(patch::apply)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cannot break it: 'a' is still read");
        assertThat(value(model, "w").constant().orElseThrow().decode().data().mismatch(TWO.data()))
                .isEqualTo(-1);
        assertThat(model.graph().nodes()).contains(add);
    }

    @Test
    void patchRefusesOtherTypesAndShapes() {
        Model model = chain().build();
        GraphPatch shape = GraphPatch.labelled("reshape")
                .replaceConstant(value(model, "w"), Constant.of(DenseTensor.of(Shape.of(1), 0)));
        assertThatThrownBy(shape::apply).hasMessageContaining("'w' is f32 2, not f32 1");
        GraphPatch notConstant = GraphPatch.labelled("fold").replaceConstant(value(model, "a"), Constant.of(TWO));
        assertThatThrownBy(notConstant::apply).hasMessageContaining("'a' is not a constant");
    }

    @Test
    void removesWhatNobodyReads() {
        ModelBuilder branch = ModelBuilder.opset(17)
                .node("Neg", List.of("dead1"), List.of("n"))
                .output("n", ElementType.F32, 2);
        Model model = chain().input("c", ElementType.BOOL)
                .initializer("unused", TWO)
                .initializer("w2", TWO)
                .node("Abs", List.of("w2"), List.of("dead1"))
                .nodeWithBodies("If", List.of("c"), List.of("dead2"), "then_branch", branch, "else_branch", branch)
                .build();
        assertThat(new RemoveDeadNodes().apply(model)).isTrue();
        assertThat(model.graph().nodes()).extracting(Node::operator).containsExactly("Add", "Relu");
        assertThat(model.graph().value("dead1")).isEmpty();
        assertThat(new RemoveUnusedInitializers().apply(model)).isTrue();
        assertThat(model.graph().initializers()).extracting(Value::name).containsExactly("w");
        assertThat(new RemoveDeadNodes().apply(model)).isFalse();
        assertThat(new RemoveUnusedInitializers().apply(model)).isFalse();
    }

    @Test
    void keepsWhatABranchReads() {
        ModelBuilder branch = ModelBuilder.opset(17)
                .node("Neg", List.of("live"), List.of("n"))
                .output("n", ElementType.F32, 2);
        Model model = chain().input("c", ElementType.BOOL)
                .node("Abs", List.of("x"), List.of("live"))
                .nodeWithBodies("If", List.of("c"), List.of("i"), "then_branch", branch, "else_branch", branch)
                .output("i", ElementType.F32, 2)
                .build();
        assertThat(new RemoveDeadNodes().apply(model)).isFalse();
    }

    @Test
    void saysWhatIsWrongWithAFile() {
        byte[] bytes = chain().toBytes();
        assertThatThrownBy(() -> OnnxReader.read(
                        ByteBuffer.wrap(bytes, 0, bytes.length - 1).slice()))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessage("not an ONNX model: it ends in the middle of a field");
        assertThatThrownBy(() -> OnnxReader.read(ByteBuffer.allocate(0)))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessage("there is no graph in it");
    }

    @Test
    void refusesEveryTruncation() {
        byte[] bytes = chain().toBytes();
        for (int length = 0; length < bytes.length; length++) {
            ByteBuffer start = ByteBuffer.wrap(bytes, 0, length).slice();
            try {
                OnnxReader.read(start);
            } catch (OnnxFormatException e) {
                assertThat(e.what()).isNotEmpty();
            }
        }
    }
}
