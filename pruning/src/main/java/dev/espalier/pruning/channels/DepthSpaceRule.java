package dev.espalier.pruning.channels;

import java.util.List;

/// Moves blocks between depth and space: as a reshape, a transpose and a reshape do (the standard's own
/// definition).
final class DepthSpaceRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("DepthToSpace", "SpaceToDepth");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor in = op.in(0);
        ChannelTensor out = op.out(0);
        MovedAxes.link(in, out, sizes -> way(op, sizes.apply(in), sizes.apply(out)), links);
    }

    private static Digits way(ChannelOp op, long[] in, long[] out) {
        long b = op.attribute("blocksize", 1);
        if (op.node().operator().equals("SpaceToDepth")) {
            return Digits.of(in)
                    .reshape(new long[] {in[0], in[1], in[2] / b, b, in[3] / b, b})
                    .transpose(new int[] {0, 3, 5, 1, 2, 4})
                    .reshape(out);
        }
        if (op.text("mode", "DCR").equals("CRD")) {
            return Digits.of(in)
                    .reshape(new long[] {in[0], in[1] / (b * b), b, b, in[2], in[3]})
                    .transpose(new int[] {0, 1, 4, 2, 5, 3})
                    .reshape(out);
        }
        return Digits.of(in)
                .reshape(new long[] {in[0], b, b, in[1] / (b * b), in[2], in[3]})
                .transpose(new int[] {0, 3, 4, 1, 5, 2})
                .reshape(out);
    }
}
