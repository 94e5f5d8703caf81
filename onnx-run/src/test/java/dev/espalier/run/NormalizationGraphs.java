package dev.espalier.run;

import dev.espalier.pruning.channels.ChannelOptions;
import dev.espalier.pruning.channels.ChannelOptions.Attention;
import dev.espalier.sparse.Shape;
import java.util.List;

/// Normalization, as operators and as exporters write it out.
final class NormalizationGraphs {
    private static final ChannelOptions LOSSY = new ChannelOptions(Attention.AUTO, false, true, false);

    private NormalizationGraphs() {}

    static List<Net> all() {
        return List.of(
                Net.image("normalization by stored statistics", 17)
                        .conv("x", "a", 3, 8)
                        .batchNorm("a", "b", 8)
                        .conv("b", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                Net.image("normalization as in training", 9)
                        .conv("x", "a", 3, 8)
                        .training("a", "b", 8)
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
                        .expect(6, 1),
                written("layer normalization from primitives")
                        .frozen("a", 1, "takes its mean in")
                        .expect(0, 0),
                written("layer normalization from primitives over what stays")
                        .with(LOSSY)
                        .expect(8, 1),
                Net.of("layer normalization over what stays", 17)
                        .with(LOSSY)
                        .in("N", 4, 5)
                        .dense("x", "a", 5, 8)
                        .weight("g", 8)
                        .weight("b", 8)
                        .node("LayerNormalization", "a,g,b", "n")
                        .node("Add", "n,a", "r")
                        .dense("r", "y", 8, 3)
                        .out("y", "N", 4, 3)
                        .expect(8, 1),
                Net.of("layer normalization without a bias over what stays", 17)
                        .with(LOSSY)
                        .in("N", 5)
                        .dense("x", "a", 5, 8)
                        .weight("g", 8)
                        .node("LayerNormalization", "a,g", "n", "epsilon", 0.01f)
                        .dense("n", "y", 8, 3)
                        .out("y", "N", 3)
                        .expect(8, 1),
                Net.of("layer normalization over two axes stays", 17)
                        .with(LOSSY)
                        .in("N", 4, 5)
                        .dense("x", "a", 5, 8)
                        .weight("g", 4, 8)
                        .node("LayerNormalization", "a,g", "n", "axis", -2)
                        .dense("n", "y", 8, 3)
                        .out("y", "N", 4, 3)
                        .expect(0, 0),
                Net.of("root mean squares", 23)
                        .in("N", 5)
                        .dense("x", "a", 5, 8)
                        .weight("g", 8)
                        .node("RMSNormalization", "a,g", "n", "epsilon", 0.01f)
                        .dense("n", "y", 8, 3)
                        .out("y", "N", 3)
                        .expect(8, 1),
                Net.image("groups with a scale each", 18)
                        .conv("x", "a", 3, 8)
                        .weight("s", 2)
                        .weight("t", 2)
                        .node("GroupNormalization", "a,s,t", "b", "num_groups", 2)
                        .conv("b", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(2, 1),
                Net.image("a norm over channels", 17)
                        .conv("x", "a", 3, 8)
                        .node("LpNormalization", "a", "n", "axis", 1)
                        .conv("n", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .frozen("a", 1, "LpNormalization")
                        .expect(0, 0),
                Net.image("normalization after concatenation and a product", 17)
                        .conv("x", "a", 3, 4)
                        .conv("x", "b", 3, 4)
                        .node("Concat", "a,b", "c", "axis", 1)
                        .weight("m", 8, 1, 1)
                        .node("Mul", "c,m", "d")
                        .batchNorm("d", "e", 8)
                        .conv("e", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 2),
                skipped("a sum with its normalization over what stays"));
    }

    private static Net written(String name) {
        return Net.of(name, 17)
                .in("N", 5)
                .dense("x", "a", 5, 8)
                .node("ReduceMean", "a", "m", "axes", List.of(-1))
                .node("Sub", "a,m", "d")
                .floats("two", Shape.of(), 2)
                .node("Pow", "d,two", "sq")
                .node("ReduceMean", "sq", "v", "axes", List.of(-1))
                .floats("eps", Shape.of(), 1e-5f)
                .node("Add", "v,eps", "ve")
                .node("Sqrt", "ve", "r")
                .node("Div", "d,r", "n")
                .weight("g", 8)
                .node("Mul", "n,g", "s")
                .dense("s", "y", 8, 3)
                .out("y", "N", 3);
    }

    private static Net skipped(String name) {
        return Net.microsoft(name)
                .with(LOSSY)
                .in("N", 5, 6)
                .dense("x", "a", 6, 8)
                .dense("x", "c", 6, 8)
                .weight("g", 8)
                .weight("t", 8)
                .weight("b", 8)
                .fused("SkipLayerNormalization", "a,c,g,t,b", "n,,,s", "epsilon", 1e-5f)
                .node("Add", "n,s", "r")
                .dense("r", "y", 8, 3)
                .out("y", "N", 5, 3)
                .expect(8, 1);
    }
}
