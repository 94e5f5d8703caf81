package dev.espalier.run;

import java.util.List;

/// Normalization, as operators and as exporters write it out.
final class NormalizationGraphs {
    private NormalizationGraphs() {}

    static List<Net> all() {
        return List.of(
                Net.image("normalization by stored statistics", 17)
                        .conv("x", "a", 3, 8)
                        .batchNorm("a", "b", 8)
                        .conv("b", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                Net.image("normalization over space", 17)
                        .conv("x", "a", 3, 8)
                        .weight("s", 8)
                        .weight("t", 8)
                        .node("InstanceNormalization", "a,s,t", "b")
                        .conv("b", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                Net.image("normalization over groups", 21)
                        .conv("x", "a", 3, 8)
                        .weight("s", 8)
                        .weight("t", 8)
                        .node("GroupNormalization", "a,s,t", "b", "num_groups", 4)
                        .conv("b", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(4, 1),
                Net.of("root mean squares from primitives", 17)
                        .in("N", 5)
                        .dense("x", "a", 5, 8)
                        .weight("two", 1)
                        .node("Mul", "a,a", "sq")
                        .node("ReduceMean", "sq", "m", "axes", List.of(-1))
                        .node("Sqrt", "m", "r")
                        .node("Div", "a,r", "d")
                        .weight("g", 8)
                        .node("Mul", "d,g", "n")
                        .dense("n", "y", 8, 3)
                        .out("y", "N", 3)
                        .expect(8, 1),
                Net.of("layer normalization", 17)
                        .in("N", 5)
                        .dense("x", "a", 5, 8)
                        .weight("g", 8)
                        .node("LayerNormalization", "a,g", "n")
                        .dense("n", "h", 8, 6)
                        .node("Relu", "h", "r")
                        .dense("r", "y", 6, 3)
                        .out("y", "N", 3)
                        .expect(6, 1));
    }
}
