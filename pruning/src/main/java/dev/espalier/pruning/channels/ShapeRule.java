package dev.espalier.pruning.channels;

import dev.espalier.onnx.Value;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.List;

/// Sizes as numbers. What is computed from them must stay what it was, such as the scale of an attention that
/// is made of the size of a head, so what is lost is added again.
final class ShapeRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("Shape");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor in = op.in(0);
        for (int axis = 0; axis < in.rank(); axis++) {
            if (op.out(0).value().isOutput()) {
                links.freeze(in.axis(axis), "its size is given out by");
            } else {
                links.free(in.axis(axis));
            }
        }
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        ChannelTensor in = op.in(0);
        int start = (int) clamp(op.attribute("start", 0), in.rank());
        int end = (int) clamp(op.attribute("end", in.rank()), in.rank());
        long[] lost = new long[Math.max(0, end - start)];
        boolean isAny = false;
        for (int i = 0; i < lost.length; i++) {
            Axis axis = in.axis(start + i);
            lost[i] = cut.isCut(axis) ? axis.size() - cut.count(axis) : 0;
            isAny |= lost[i] != 0;
        }
        Value output = op.out(0).value();
        if (isAny && !output.uses().isEmpty()) {
            Value delta = cut.patch()
                    .addInitializer(
                            op.node().graph(),
                            output.name() + "_lost",
                            ChannelCut.integers(ElementType.I64, Shape.of(lost.length), lost));
            cut.insertAfter(op.node(), output, "Add", List.of(output, delta), List.of());
        }
    }

    private static long clamp(long index, int rank) {
        return Math.clamp(index < 0 ? index + rank : index, 0, rank);
    }
}
