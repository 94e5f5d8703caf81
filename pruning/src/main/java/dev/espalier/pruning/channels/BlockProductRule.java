package dev.espalier.pruning.channels;

import java.util.List;

/// ONNX Runtime's product with a matrix of few bits: A `[..., K]`, B `[N, blocks, bytes]`, for each block a
/// scale and perhaps a zero point, and a bias. Columns of the product go; the rows of a block share a scale, so
/// K stays.
final class BlockProductRule implements ChannelRule {
    private static final int BIAS = 5;

    @Override
    public List<String> operators() {
        return List.of("com.microsoft.MatMulNBits");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor a = op.in(0);
        ChannelTensor b = op.in(1);
        ChannelTensor y = op.out(0);
        links.weight(b);
        for (int axis = 0; axis < a.rank() - 1; axis++) {
            links.align(a.axis(axis), y.axis(axis));
        }
        links.freeze(a.axis(-1), "blocks of rows share a scale in");
        links.align(y.axis(-1), b.axis(0));
        for (int input : new int[] {2, 3, BIAS}) {
            op.optionalIn(input).ifPresent(parameter -> tie(parameter.axis(0), y.axis(-1), links));
        }
    }

    /// As many indices for each column.
    private static void tie(Axis parameter, Axis columns, ChannelLinks links) {
        if (parameter.size() % columns.size() != 0) {
            throw new UnsupportedFormException(parameter + " is not a number of indices for each column");
        }
        int[] indices = new int[Math.toIntExact(parameter.size())];
        int[] owners = new int[indices.length];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = i;
            owners[i] = Math.toIntExact(i / (parameter.size() / columns.size()));
        }
        links.tie(parameter, indices, columns, owners);
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        if (cut.isCut(op.out(0).axis(-1))) {
            cut.setInteger(op, "N", cut.count(op.out(0).axis(-1)));
        }
    }
}
