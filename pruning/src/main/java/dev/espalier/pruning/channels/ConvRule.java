package dev.espalier.pruning.channels;

import java.util.List;

/// Convolution of x `[N, C, ...]` with w `[M, C / group, ...]`: outputs go with w.0 and the bias, inputs with
/// w.1, which each group has for itself. Depthwise, an input goes with the outputs that are made of it.
final class ConvRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("Conv", "com.microsoft.FusedConv");
    }

    @Override
    public boolean multiplies(ChannelOp op) {
        return true;
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor x = op.in(0);
        ChannelTensor w = op.in(1);
        ChannelTensor y = op.out(0);
        links.weight(w);
        links.align(x.axis(0), y.axis(0));
        links.align(y.axis(1), w.axis(0));
        op.optionalIn(2).ifPresent(bias -> links.align(y.axis(1), bias.axis(0)));
        // FusedConv adds another tensor to what it makes.
        op.optionalIn(3).ifPresent(z -> {
            links.align(z.axis(0), y.axis(0));
            links.align(z.axis(1), y.axis(1));
        });
        linkInputs(op, x.axis(1), w, 1, 0, y.axis(1), links);
    }

    /// @param inner the axis of w that is counted anew in each group
    /// @param outer the axis of w that goes through all groups
    static void linkInputs(
            ChannelOp op, Axis summed, ChannelTensor w, int inner, int outer, Axis free, ChannelLinks links) {
        int groups = Math.toIntExact(op.attribute("group", 1));
        if (groups == 1) {
            links.contract(op, summed, w.axis(inner));
        } else if (groups == summed.size()) {
            tieDepthwise(summed, free, links);
            links.free(w.axis(inner));
        } else if (countsByGroup(w)) {
            links.countThroughGroups(w.axis(inner), groups);
            links.contract(op, summed, w.axis(inner));
            links.quota(summed, groups);
            links.quota(free, groups);
        } else {
            throw new UnsupportedFormException("its weight for " + groups + " groups is computed");
        }
    }

    /// Whether a weight can lose other columns in each group: one that is stored, or that has one number
    /// throughout.
    static boolean countsByGroup(ChannelTensor w) {
        return w.isStored()
                || (w.value().uses().size() == 1
                        && w.value()
                                .producer()
                                .filter(node -> node.isOperator("ConstantOfShape"))
                                .isPresent());
    }

    static void tieDepthwise(Axis in, Axis out, ChannelLinks links) {
        int times = Math.toIntExact(out.size() / in.size());
        int[] source = new int[Math.toIntExact(out.size())];
        for (int i = 0; i < source.length; i++) {
            source[i] = i / times;
        }
        links.move(in, out, source);
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        long groups = op.attribute("group", 1);
        if (groups > 1 && groups == op.in(0).size(1)) {
            cut.setInteger(op, "group", cut.count(op.in(0).axis(1)));
        }
    }
}
