package dev.espalier.run;

import java.util.List;

/// Recurrent layers.
final class RecurrentGraphs {
    private RecurrentGraphs() {}

    static List<Net> all() {
        return List.of(both("LSTM", 4), both("GRU", 3), both("RNN", 1));
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
