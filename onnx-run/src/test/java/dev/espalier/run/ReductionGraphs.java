package dev.espalier.run;

import java.util.List;

/// Reductions and operators that look at all channels.
final class ReductionGraphs {
    private ReductionGraphs() {}

    static List<Net> all() {
        return List.of(
                Net.image("a sum over channels", 17)
                        .conv("x", "a", 3, 8)
                        .integers("axes", 1)
                        .node("ReduceSum", "a,axes", "s")
                        .conv("s", "y", 1, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                Net.image("a mean over channels", 17)
                        .conv("x", "a", 3, 8)
                        .node("ReduceMean", "a", "s", "axes", List.of(1))
                        .conv("s", "y", 1, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                Net.image("a maximum over channels", 17)
                        .conv("x", "a", 3, 8)
                        .node("ReduceMax", "a", "s", "axes", List.of(1))
                        .conv("s", "y", 1, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(0, 0),
                Net.image("an operator without a rule", 17)
                        .conv("x", "a", 3, 8)
                        .conv("a", "b", 8, 6)
                        .node("LRN", "b", "l", "size", 3)
                        .conv("l", "y", 6, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1));
    }
}
