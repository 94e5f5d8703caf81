package dev.espalier.pruning.channels;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a pruned model has to compute: the original, in which every operator that sums over an axis reads
/// zeros at the indices that went. Masking where channels are read, not where they are made, is what makes
/// this exact after any function between the two.
final class MaskedTwin {
    private final ChannelStructure structure;
    private final KeptIndices kept;
    private final GraphPatch patch = GraphPatch.labelled("mask channels");

    private MaskedTwin(ChannelStructure structure, KeptIndices kept) {
        this.structure = structure;
        this.kept = kept;
    }

    /// Changes the model that the structure was found in. The structure is of no use afterwards.
    static void mask(ChannelStructure structure, KeptIndices kept) {
        new MaskedTwin(structure, kept).mask();
    }

    private void mask() {
        ChannelCut cut = new ChannelCut(kept, patch);
        for (ChannelOp op : structure.graph().ops()) {
            if (op.tensors().anyMatch(kept::isCut)) {
                ChannelRules.of(op.node()).ifPresent(rule -> rule.rewriteMasked(op, cut));
            }
        }
        Map<Use, Value> masked = new LinkedHashMap<>();
        for (ChannelLinks.Sum sum : structure.graph().links().sums()) {
            if (kept.isCut(sum.a())) {
                Axis b = sum.b();
                // Of two operands one is enough; an activation may be infinite at a place that is never used.
                Axis axis = b != null && sum.a().tensor().isConstant() ? b : sum.a();
                mask(sum.op(), axis, masked);
            }
        }
        masked.forEach((use, value) -> patch.setInput(use.node(), use.index(), value));
        patch.apply();
    }

    private void mask(ChannelOp op, Axis axis, Map<Use, Value> masked) {
        for (int i = 0; i < op.inputCount(); i++) {
            ChannelTensor in = op.optionalIn(i).orElse(null);
            if (in != axis.tensor()) {
                continue;
            }
            int input = i;
            Use use = new Use(op.node(), i);
            Value read = masked.getOrDefault(use, patch.inputOf(op.node(), i).orElseThrow());
            long[] dims = new long[in.rank()];
            Arrays.fill(dims, 1);
            dims[axis.index()] = structure.graph().links().sizeOf(axis);
            // Old models have no Where.
            boolean hasWhere = structure.graph().model().opset(op.node().graph(), "") >= 9;
            ElementType type = hasWhere ? ElementType.BOOL : op.elementType(i);
            long[] bits = new long[(int) dims[axis.index()]];
            for (int index : kept.of(axis)) {
                bits[index] = oneOf(type);
            }
            Value mask = patch.addInitializer(
                    op.node().graph(),
                    read.name() + "_mask",
                    Constant.Dense.raw(DenseTensor.ofBits(type, Shape.of(dims), bits)));
            if (!hasWhere) {
                masked.put(
                        use,
                        patch.insertBefore(op.node(), "Mul", read.name() + "_masked", List.of(mask, read), List.of()));
                continue;
            }
            Value zero = op.zeroPointOf(i)
                    .orElseGet(() -> patch.addInitializer(
                            op.node().graph(),
                            read.name() + "_zero",
                            Constant.Dense.raw(DenseTensor.zeros(op.elementType(input), Shape.of()))));
            masked.put(
                    use,
                    patch.insertBefore(
                            op.node(), "Where", read.name() + "_masked", List.of(mask, read, zero), List.of()));
        }
    }

    private static long oneOf(ElementType type) {
        return switch (type) {
            case F32 -> Float.floatToRawIntBits(1);
            case F64 -> Double.doubleToRawLongBits(1);
            case F16 -> Short.toUnsignedLong(Float.floatToFloat16(1));
            case BF16 -> Float.floatToRawIntBits(1) >>> 16;
            default -> 1;
        };
    }
}
