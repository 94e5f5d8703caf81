package dev.espalier.pruning.channels;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a rule may do when indices go: ask which stay, and correct what its node says of sizes.
///
/// Every integer that is computed from sizes keeps the value that it had, because each Shape of a cut tensor
/// is corrected to what it was ([ShapeRule]). So an operand of sizes is corrected by what is lost, computed
/// or not.
final class ChannelCut {
    private final KeptIndices kept;
    private final GraphPatch patch;

    ChannelCut(KeptIndices kept, GraphPatch patch) {
        this.kept = kept;
        this.patch = patch;
    }

    boolean isCut(Axis axis) {
        return kept.isCut(axis);
    }

    int[] kept(Axis axis) {
        return kept.of(axis);
    }

    long count(Axis axis) {
        return kept.count(axis);
    }

    ChannelOptions options() {
        return kept.options();
    }

    GraphPatch patch() {
        return patch;
    }

    void setInteger(ChannelOp op, String name, long value) {
        patch.setAttribute(op.node(), new Attribute.Int(name, value));
    }

    void setReal(ChannelOp op, String name, float value) {
        patch.setAttribute(op.node(), new Attribute.Real(name, value));
    }

    void setIntegers(ChannelOp op, String name, long[] values) {
        patch.setAttribute(
                op.node(),
                new Attribute.Ints(name, Arrays.stream(values).boxed().toList()));
    }

    /// Whether what an operand states for an axis follows by itself.
    interface Follows {
        boolean test(int axis, long stated);
    }

    /// Corrects an operand, or in old models an attribute, that states the sizes of `sized`.
    void resizeOperand(ChannelOp op, int input, String attribute, ChannelTensor sized, Follows follows) {
        int[] axes = new int[sized.rank()];
        Arrays.setAll(axes, i -> i);
        resizeOperand(op, input, attribute, sized, axes, follows);
    }

    /// The same where the operand states the sizes of some axes.
    ///
    /// @param axes whose size each of its elements is
    void resizeOperand(ChannelOp op, int input, String attribute, ChannelTensor sized, int[] axes, Follows follows) {
        long[] listed = op.list(attribute).orElse(null);
        @Nullable
        Long[] stated = listed == null
                ? op.integers(input).orElse(null)
                : Arrays.stream(listed).boxed().toArray(Long[]::new);
        if (stated == null) {
            return;
        }
        @Nullable Long[] wanted = stated.clone();
        for (int i = 0; i < Math.min(axes.length, stated.length); i++) {
            Long old = stated[i];
            Axis axis = sized.axis(axes[i]);
            if (old != null && isCut(axis) && !follows.test(axes[i], old)) {
                wanted[i] = count(axis);
            }
        }
        set(op, input, attribute, stated, wanted);
    }

    /// Gives an operand, or in old models an attribute, other elements. Those that depend on the model's
    /// inputs are null in both lists.
    void set(ChannelOp op, int input, String attribute, @Nullable Long[] stated, @Nullable Long[] wanted) {
        if (Arrays.equals(stated, wanted)) {
            return;
        }
        if (op.has(attribute)) {
            setIntegers(
                    op,
                    attribute,
                    Arrays.stream(wanted).mapToLong(ChannelCut::orZero).toArray());
            return;
        }
        Value operand = op.node().input(input).orElseThrow();
        boolean isKnown = operand.constant().isPresent()
                || (op.isOfFixedSize(input) && Arrays.stream(wanted).allMatch(w -> w != null));
        if (isKnown) {
            long[] all = Arrays.stream(wanted).mapToLong(ChannelCut::orZero).toArray();
            patch.setInput(op.node(), input, constant(op, operand, typeOf(operand), all));
            return;
        }
        long[] change = new long[stated.length];
        for (int i = 0; i < change.length; i++) {
            change[i] = orZero(wanted[i]) - orZero(stated[i]);
        }
        // A Shape that is read directly has been corrected already.
        Value computed = patch.inputOf(op.node(), input).orElse(operand);
        Value delta = constant(op, operand, typeOf(operand), change);
        patch.setInput(
                op.node(),
                input,
                patch.insertBefore(op.node(), "Add", operand.name() + "_cut", List.of(computed, delta), List.of()));
    }

    private static ElementType typeOf(Value operand) {
        return operand.constant().map(Constant::type).orElse(ElementType.I64);
    }

    private static long orZero(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    private Value constant(ChannelOp op, Value stem, ElementType type, long[] all) {
        boolean isScalar = op.tensors().anyMatch(t -> t.value() == stem && t.rank() == 0);
        return patch.addInitializer(
                op.node().graph(),
                stem.name() + "_cut",
                integers(type, isScalar ? Shape.of() : Shape.of(all.length), all));
    }

    /// Gives an operand of integers other elements, of which there may be more or fewer.
    void setOperand(ChannelOp op, int input, long... elements) {
        Value operand = op.node().input(input).orElseThrow();
        patch.setInput(op.node(), input, constant(op, operand, typeOf(operand), elements));
    }

    /// The same where the operand is no vector.
    void setOperand(ChannelOp op, int input, Shape shape, long... elements) {
        Value operand = op.node().input(input).orElseThrow();
        Constant constant = integers(typeOf(operand), shape, elements);
        patch.setInput(op.node(), input, patch.addInitializer(op.node().graph(), operand.name() + "_cut", constant));
    }

    /// A number as a scalar.
    static Constant number(ElementType type, double value) {
        long bits =
                type == ElementType.F64 ? Double.doubleToRawLongBits(value) : Float.floatToRawIntBits((float) value);
        return integers(type, Shape.of(), bits);
    }

    static Constant integers(ElementType type, Shape shape, long... all) {
        return Constant.Dense.raw(DenseTensor.ofBits(type, shape, all));
    }

    /// Makes the readers of what a node gives out read something that is computed from it instead.
    void insertAfter(Node node, Value output, String operator, List<Value> inputs, List<Attribute> attributes) {
        List<Use> readers = List.copyOf(output.uses());
        Value replacement = patch.insertAfter(node, operator, output.name() + "_cut", inputs, attributes);
        readers.forEach(use -> patch.setInput(use.node(), use.index(), replacement));
    }
}
