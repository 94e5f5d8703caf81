package dev.espalier.pruning.channels;

import java.util.List;

/// LSTM, GRU and RNN with G gates: hidden unit h is index h of R's last axis, of initial states and of every
/// output, and index g H + h of W's, R's, B's and P's axis of gates. All directions have the same units.
final class RecurrentRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("LSTM", "GRU", "RNN");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        if (op.attribute("layout", 0) != 0) {
            throw new UnsupportedFormException("its batch is first");
        }
        ChannelTensor x = op.in(0);
        ChannelTensor w = op.in(1);
        ChannelTensor r = op.in(2);
        links.weight(w);
        links.weight(r);
        links.contract(op, x.axis(2), w.axis(2));
        links.sum(op, r.axis(2));
        Axis hidden = r.axis(2);
        for (int input : new int[] {1, 2, 3, 7}) {
            op.optionalIn(input).ifPresent(gates -> tieGates(gates.axis(1), hidden, links));
        }
        for (int input : new int[] {5, 6}) {
            op.optionalIn(input).ifPresent(state -> {
                links.align(state.axis(2), hidden);
                links.align(state.axis(1), x.axis(1));
            });
        }
        op.outs().forEach(out -> {
            links.align(out.axis(-1), hidden);
            links.align(out.axis(-2), x.axis(1));
        });
        op.optionalOut(0).ifPresent(y -> links.align(y.axis(0), x.axis(0)));
    }

    private static void tieGates(Axis gates, Axis hidden, ChannelLinks links) {
        int[] all = new int[Math.toIntExact(gates.size())];
        int[] units = new int[all.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
            units[i] = (int) (i % hidden.size());
        }
        links.tie(gates, all, hidden, units);
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        if (cut.isCut(op.in(2).axis(2))) {
            cut.setInteger(op, "hidden_size", cut.count(op.in(2).axis(2)));
        }
    }
}
