package dev.espalier.run;

import dev.espalier.pruning.channels.ChannelOptions;
import dev.espalier.pruning.channels.ChannelOptions.Attention;
import java.util.List;

/// Attention, as exporters write it out and as one operator.
final class AttentionGraphs {
    private AttentionGraphs() {}

    static List<Net> all() {
        return List.of(
                scaled(heads("attention with a scale from sizes"), true).expect(2, 1),
                scaled(heads("attention with a fixed scale"), false).expect(2, 1),
                scaled(heads("the same places of every head"), true)
                        .with(new ChannelOptions(Attention.SIZE, false, false, false))
                        .expect(8, 2),
                scaled(heads("heads alone"), true)
                        .dense("y", "z", 3, 5)
                        .node("Relu", "z", "z1")
                        .dense("z1", "z2", 5, 3)
                        .out("z2", "N", 5, 3)
                        .with(new ChannelOptions(Attention.HEADS, true, false, false))
                        .expect(2, 1));
    }

    /// Attention of which places go that gives out its scale as `root`, 2 for four places.
    static Net withScale(String name) {
        return scaled(heads(name), true)
                .with(new ChannelOptions(Attention.SIZE, false, false, false))
                .out("root");
    }

    /// Queries, keys and values of two heads with four places each.
    private static Net heads(String name) {
        Net net = Net.of(name, 17).in("N", 5, 8).integers("split", 0, 0, 2, 4).integers("join", 0, 0, 8);
        for (String tensor : List.of("q", "k", "v")) {
            net.dense("x", tensor, 8, 8).node("Reshape", tensor + ",split", tensor + "4");
        }
        return net.node("Transpose", "q4", "qt", "perm", List.of(0, 2, 1, 3))
                .node("Transpose", "k4", "kt", "perm", List.of(0, 2, 3, 1))
                .node("Transpose", "v4", "vt", "perm", List.of(0, 2, 1, 3))
                .node("MatMul", "qt,kt", "scores");
    }

    private static Net scaled(Net net, boolean isOfSizes) {
        if (isOfSizes) {
            net.node("Shape", "q", "size")
                    .scalar("last", 2)
                    .node("Gather", "size,last", "n")
                    .node("Cast", "n", "nf", "to", 1)
                    .node("Sqrt", "nf", "root");
        } else {
            net.weight("root", 1);
        }
        return net.node("Div", "scores,root", "scaled")
                .node("Softmax", "scaled", "p")
                .node("MatMul", "p,vt", "o")
                .node("Transpose", "o", "ot", "perm", List.of(0, 2, 1, 3))
                .node("Reshape", "ot,join", "joined")
                .dense("joined", "y", 8, 3)
                .out("y", "N", 5, 3);
    }
}
