package dev.espalier.pruning.channels;

import java.util.List;

/// Attention of queries, keys and values that are projected already: `[B, S, heads * size]`, or `[B, heads, S,
/// size]`. Several heads of queries may share one of keys and values; they go together. Where the caller keeps
/// the keys and values of earlier steps, these stay, and each of their heads loses as many of its queries' heads.
final class AttentionRule implements ChannelRule {
    private static final int SCORES = 5;

    @Override
    public List<String> operators() {
        return List.of("Attention", "com.microsoft.MultiHeadAttention", "com.microsoft.GroupQueryAttention");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor q = op.in(0);
        ChannelTensor y = op.out(0);
        if (q.rank() > 4 || op.optionalIn(1).isEmpty() || op.optionalIn(2).isEmpty()) {
            throw new UnsupportedFormException("its queries, keys and values are packed into one tensor");
        }
        links.align(q.axis(0), y.axis(0));
        links.align(q.axis(q.rank() - 2), y.axis(y.rank() - 2));
        long shared = keyHeads(op);
        boolean isKept =
                op.optionalIn(past(op)).filter(p -> p.value().isInput()).isPresent();
        Axis out = y.axis(y.rank() == 4 ? 1 : 2);
        if (isKept && shared < queryHeads(op)) {
            Heads each = new Heads(out, queryHeads(op), links);
            each.tie(headAxis(q));
            links.quota(headAxis(q), Math.toIntExact(shared));
            return;
        }
        Heads units = new Heads(out, shared, links);
        units.tie(headAxis(q));
        units.tie(headAxis(op.in(1)));
        units.tie(headAxis(op.in(2)));
        linkSizes(op, links);
        linkStates(op, units);
    }

    /// Past and present keys and values, a bias of the projections, and of the scores of each head.
    private static void linkStates(ChannelOp op, Heads units) {
        for (int i = 0; i < 2; i++) {
            op.optionalIn(past(op) + i).ifPresent(state -> units.tie(state.axis(1)));
            op.optionalOut(1 + i).ifPresent(state -> units.tie(state.axis(1)));
        }
        long heads = queryHeads(op);
        boolean isMultiHead = op.node().operator().equals("MultiHeadAttention");
        if (isMultiHead) {
            op.optionalIn(3).ifPresent(bias -> tieBias(op, bias.axis(0), units));
        }
        int scores = isMultiHead ? SCORES : op.isMicrosoft() ? 10 : 3;
        op.optionalIn(scores)
                .filter(bias -> bias.rank() == 4 && bias.size(1) == heads && heads > 1)
                .ifPresent(bias -> units.tie(bias.axis(1)));
        op.optionalOut(3).filter(out -> out.rank() == 4).ifPresent(out -> units.tie(out.axis(1)));
    }

    private static void tieBias(ChannelOp op, Axis bias, Heads units) {
        long queries = op.in(0).size(-1);
        long values = bias.size() - 2 * queries;
        units.tie(bias, 0, queries);
        units.tie(bias, queries, queries);
        units.tie(bias, 2 * queries, values);
    }

    /// With heads on an axis of their own, the places of each head are on another.
    private static void linkSizes(ChannelOp op, ChannelLinks links) {
        boolean isApart =
                op.in(0).rank() == 4 && op.in(1).rank() == 4 && op.in(2).rank() == 4;
        if (isApart && !op.isMicrosoft()) {
            links.contract(op, op.in(0).axis(3), op.in(1).axis(3));
            links.align(op.in(2).axis(3), op.out(0).axis(3));
            op.optionalIn(past(op))
                    .ifPresent(past -> links.align(past.axis(3), op.in(1).axis(3)));
            op.optionalIn(past(op) + 1)
                    .ifPresent(past -> links.align(past.axis(3), op.in(2).axis(3)));
            op.optionalOut(1)
                    .ifPresent(present -> links.align(present.axis(3), op.in(1).axis(3)));
            op.optionalOut(2)
                    .ifPresent(present -> links.align(present.axis(3), op.in(2).axis(3)));
        }
    }

    private static Axis headAxis(ChannelTensor tensor) {
        return tensor.axis(tensor.rank() == 4 ? 1 : 2);
    }

    /// Where past keys are read.
    private static int past(ChannelOp op) {
        return switch (op.node().operator()) {
            case "GroupQueryAttention" -> 3;
            case "MultiHeadAttention" -> 6;
            default -> 4;
        };
    }

    private static String queryAttribute(ChannelOp op) {
        return op.isMicrosoft() ? "num_heads" : "q_num_heads";
    }

    private static long queryHeads(ChannelOp op) {
        return op.in(0).rank() == 4 ? op.in(0).size(1) : op.attribute(queryAttribute(op), 0);
    }

    private static long keyHeads(ChannelOp op) {
        if (op.in(1).rank() == 4) {
            return op.in(1).size(1);
        }
        return op.attribute("kv_num_heads", queryHeads(op));
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        Axis queries = headAxis(op.in(0));
        Axis keys = headAxis(op.in(1));
        if (cut.isCut(queries) && op.has(queryAttribute(op))) {
            cut.setInteger(op, queryAttribute(op), queryHeads(op) * cut.count(queries) / queries.size());
        }
        if (cut.isCut(keys) && op.has("kv_num_heads")) {
            cut.setInteger(op, "kv_num_heads", keyHeads(op) * cut.count(keys) / keys.size());
        }
        boolean isSmaller = op.in(0).rank() == 4 && cut.isCut(op.in(0).axis(3));
        if (isSmaller && op.real("scale", 0) == 0) {
            // What it would be for heads of the old size.
            cut.setReal(op, "scale", (float) (1 / Math.sqrt((double) op.in(0).size(3))));
        }
    }
}
