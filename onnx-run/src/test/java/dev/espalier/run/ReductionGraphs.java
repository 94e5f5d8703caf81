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
                Net.image("a mean over channels by an operand", 18)
                        .conv("x", "a", 3, 8)
                        .integers("axes", -3)
                        .node("ReduceMean", "a,axes", "s")
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
                        .expect(8, 1),
                Net.image("a maximum over space", 17)
                        .conv("x", "a", 3, 8)
                        .node("ReduceMax", "a", "m", "axes", List.of(2, 3), "keepdims", 0)
                        .dense("m", "y", 8, 4)
                        .out("y", "N", 4)
                        .expect(8, 1),
                Net.image("a norm over channels by reduction", 17)
                        .conv("x", "a", 3, 8)
                        .node("ReduceL2", "a", "n", "axes", List.of(1))
                        .node("Div", "a,n", "d")
                        .conv("d", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                Net.image("a Softmax over channels", 17)
                        .conv("x", "a", 3, 8)
                        .node("Softmax", "a", "s", "axis", 1)
                        .conv("s", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .frozen("a", 1, "Softmax")
                        .expect(0, 0),
                Net.image("the place of the largest channel", 17)
                        .conv("x", "a", 3, 8)
                        .conv("a", "b", 8, 6)
                        .node("ArgMax", "b", "i", "axis", 1)
                        .node("Cast", "i", "y", "to", 1)
                        .out("y", "N", 1, 6, 6)
                        .frozen("b", 1, "ArgMax")
                        .expect(8, 1),
                Net.image("a running sum over channels", 17)
                        .conv("x", "a", 3, 8)
                        .scalar("axis", 1)
                        .node("CumSum", "a,axis", "s")
                        .conv("s", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .frozen("a", 1, "CumSum")
                        .expect(0, 0));
    }
}
