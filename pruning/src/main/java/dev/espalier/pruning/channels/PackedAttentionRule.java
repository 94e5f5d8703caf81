package dev.espalier.pruning.channels;

import java.util.Arrays;
import java.util.List;

/// ONNX Runtime's attention with its projection: x `[B, S, C]`, a weight `[C, Q + K + V]` and bias for queries,
/// keys and values, each head by head. Whole heads go.
final class PackedAttentionRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("com.microsoft.Attention");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor x = op.in(0);
        ChannelTensor w = op.in(1);
        ChannelTensor y = op.out(0);
        long heads = op.attribute("num_heads", 0);
        links.weight(w);
        links.align(x.axis(0), y.axis(0));
        links.align(x.axis(1), y.axis(1));
        links.contract(op, x.axis(2), w.axis(0));
        Heads units = new Heads(y.axis(2), heads, links);
        for (ChannelTensor parameter : List.of(w, op.optionalIn(2).orElse(w))) {
            long offset = 0;
            for (long size : sizes(op)) {
                units.tie(parameter.axis(-1), offset, size);
                offset += size;
            }
        }
        // Past and present are [2, B, heads, T, size]; a bias of the scores has axis 1 for heads.
        op.optionalIn(4).ifPresent(past -> units.tie(past.axis(2)));
        op.optionalOut(1).ifPresent(present -> units.tie(present.axis(2)));
        op.optionalIn(5).filter(bias -> bias.size(1) == heads).ifPresent(bias -> units.tie(bias.axis(1)));
    }

    private static long[] sizes(ChannelOp op) {
        long third = op.in(1).size(-1) / 3;
        return op.list("qkv_hidden_sizes").orElse(new long[] {third, third, third});
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        Axis out = op.out(0).axis(2);
        if (!cut.isCut(out)) {
            return;
        }
        long heads = op.attribute("num_heads", 0);
        long left = cut.count(out) * heads / out.size();
        cut.setInteger(op, "num_heads", left);
        if (op.has("qkv_hidden_sizes")) {
            cut.setIntegers(
                    op,
                    "qkv_hidden_sizes",
                    Arrays.stream(sizes(op)).map(size -> size / heads * left).toArray());
        }
    }
}
