package dev.espalier.pruning.channels;

import dev.espalier.onnx.Value;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.List;

/// Cuts a tensor into pieces along an axis. Pieces may lose different channels: their sizes are stated then.
final class SplitRule implements ChannelRule {
    private static final int SIZES_ARE_AN_OPERAND = 13;

    @Override
    public List<String> operators() {
        return List.of("Split");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor in = op.in(0);
        int cut = OtherAxes.of(op.attribute("axis", 0), in.rank());
        int offset = 0;
        for (int i = 0; i < op.outputCount(); i++) {
            ChannelTensor out = op.out(i);
            OtherAxes.align(in, out, cut, links);
            int[] source = new int[Math.toIntExact(out.size(cut))];
            for (int index = 0; index < source.length; index++) {
                source[index] = offset + index;
            }
            links.move(in.axis(cut), out.axis(cut), source);
            offset += source.length;
        }
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        int axis = OtherAxes.of(op.attribute("axis", 0), op.in(0).rank());
        if (!cut.isCut(op.in(0).axis(axis))) {
            return;
        }
        long[] sizes = new long[op.outputCount()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = cut.count(op.out(i).axis(axis));
        }
        if (op.opset() < SIZES_ARE_AN_OPERAND) {
            cut.setIntegers(op, "split", sizes);
            return;
        }
        Value operand = cut.patch()
                .addInitializer(
                        op.node().graph(),
                        op.out(0).value().name() + "_split",
                        ChannelCut.integers(ElementType.I64, Shape.of(sizes.length), sizes));
        cut.patch().setInput(op.node(), 1, operand).removeAttribute(op.node(), "num_outputs");
    }
}
