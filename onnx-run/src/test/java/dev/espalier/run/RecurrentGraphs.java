package dev.espalier.run;

import java.util.List;

/// Recurrent layers.
final class RecurrentGraphs {
    private RecurrentGraphs() {}

    static List<Net> all() {
        return List.of(
                both("LSTM", 4),
                both("GRU", 3),
                both("RNN", 1),
                Net.of("states that are given", 17)
                        .in(4, 2, 5)
                        .weight("w", 1, 12, 5)
                        .weight("r", 1, 12, 3)
                        .weight("b", 1, 24)
                        .weight("h", 1, 2, 3)
                        .weight("c", 1, 2, 3)
                        .weight("p", 1, 9)
                        .node("LSTM", "x,w,r,b,,h,c,p", "s,sh,sc", "hidden_size", 3)
                        .node("Add", "sh,sc", "t")
                        .dense("t", "y", 3, 2)
                        .out("y", 1, 2, 2)
                        .expect(3, 1),
                Net.of("two recurrent layers", 17)
                        .in(4, "N", 5)
                        .weight("w", 1, 9, 5)
                        .weight("r", 1, 9, 3)
                        .node("GRU", "x,w,r", "s", "hidden_size", 3, "linear_before_reset", 1)
                        .integers("axes", 1)
                        .node("Squeeze", "s,axes", "q")
                        .weight("w2", 1, 12, 3)
                        .weight("r2", 1, 12, 4)
                        .node("GRU", "q,w2,r2", ",last", "hidden_size", 4)
                        .dense("last", "y", 4, 2)
                        .out("y", 1, "N", 2)
                        .expect(7, 2));
    }

    private static Net both(String operator, int gates) {
        return Net.of(operator + " units in both directions", 17)
                .in(4, "N", 5)
                .weight("w", 2, gates * 3L, 5)
                .weight("r", 2, gates * 3L, 3)
                .weight("b", 2, 2L * gates * 3)
                .node(operator, "x,w,r,b", "s", "hidden_size", 3, "direction", "bidirectional")
                .node("Transpose", "s", "t", "perm", List.of(0, 2, 1, 3))
                .integers("shape", 0, 0, 6)
                .node("Reshape", "t,shape", "f")
                .dense("f", "y", 6, 2)
                .out("y", 4, "N", 2)
                .expect(3, 1);
    }
}
