package dev.espalier.pruning.channels;

import java.util.List;

/// Transposed convolution of x `[N, C, ...]` with w `[C, M / group, ...]`.
final class ConvTransposeRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("ConvTranspose");
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
        int groups = Math.toIntExact(op.attribute("group", 1));
        links.weight(w);
        links.align(x.axis(0), y.axis(0));
        op.optionalIn(2).ifPresent(bias -> links.align(y.axis(1), bias.axis(0)));
        if (groups == 1) {
            links.contract(op, x.axis(1), w.axis(0));
            links.align(y.axis(1), w.axis(1));
        } else if (groups == x.size(1)) {
            ConvRule.tieDepthwise(x.axis(1), y.axis(1), links);
            links.align(x.axis(1), w.axis(0));
            requireOneOutputEach(y, groups);
            links.free(w.axis(1));
        } else if (ConvRule.countsByGroup(w)) {
            links.countThroughGroups(w.axis(1), groups);
            links.contract(op, x.axis(1), w.axis(0));
            links.align(y.axis(1), w.axis(1));
            links.quota(x.axis(1), groups);
            links.quota(y.axis(1), groups);
        } else {
            throw new UnsupportedFormException("its weight for " + groups + " groups is computed");
        }
    }

    private static void requireOneOutputEach(ChannelTensor y, int groups) {
        if (y.size(1) != groups) {
            throw new UnsupportedFormException("each of its groups makes several outputs of one input");
        }
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        long groups = op.attribute("group", 1);
        if (groups > 1 && groups == op.in(0).size(1)) {
            cut.setInteger(op, "group", cut.count(op.in(0).axis(1)));
        }
    }
}
