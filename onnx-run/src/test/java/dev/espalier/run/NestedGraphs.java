package dev.espalier.run;

import dev.espalier.onnx.ModelBuilder;
import dev.espalier.sparse.ElementType;
import java.util.List;

/// Branches that read what is around them, and local functions.
final class NestedGraphs {
    private NestedGraphs() {}

    static List<Net> all() {
        return List.of(
                branches("branches with layers of declared sizes", conv("w", "o"), conv("v", "p"))
                        .expect(8, 1),
                branches("a branch that gives out what it captures", conv("w", "o"), same())
                        .frozen("a", 1, "an output of a nested graph")
                        .expect(0, 0),
                loop("a loop that reads what is around it").expect(8, 1),
                layered("a loop with layers of declared sizes").expect(8 + 5, 2),
                called("a local function"));
    }

    private static Net branches(String name, ModelBuilder then, ModelBuilder otherwise) {
        Net net = Net.of(name, 17)
                .in(1, 3, 6, 6)
                .input("c", ElementType.BOOL)
                .weight("w", 8, 8, 1, 1)
                .weight("v", 8, 8, 1, 1)
                .conv("x", "a", 3, 8);
        net.builder().nodeWithBodies("If", List.of("c"), List.of("z"), "then_branch", then, "else_branch", otherwise);
        return net.node("Relu", "z", "y").out("y", 1, 8, 6, 6);
    }

    private static ModelBuilder conv(String weight, String out) {
        return ModelBuilder.opset(17)
                .node("Conv", List.of("a", weight), List.of(out))
                .output(out, ElementType.F32, 1, 8, 6, 6);
    }

    private static ModelBuilder same() {
        return ModelBuilder.opset(17)
                .node("Identity", List.of("a"), List.of("q"))
                .output("q", ElementType.F32, 1, 8, 6, 6);
    }

    /// Three times around: the state gets what a layer makes of what is outside.
    private static Net loop(String name) {
        ModelBuilder body =
                body().node("Conv", List.of("a", "w"), List.of("o")).node("Add", List.of("s", "o"), List.of("t"));
        return around(Net.of(name, 17).weight("w", 4, 8, 1, 1), body);
    }

    private static Net layered(String name) {
        ModelBuilder body = body().node("Conv", List.of("a", "w"), List.of("h"))
                .node("Sigmoid", List.of("h"), List.of("g"))
                .node("Conv", List.of("g", "v"), List.of("o"))
                .declare("h", ElementType.F32, 1, 5, 6, 6)
                .declare("g", ElementType.F32, 1, 5, 6, 6)
                .node("Add", List.of("s", "o"), List.of("t"));
        return around(Net.of(name, 17).weight("w", 5, 8, 1, 1).weight("v", 4, 5, 1, 1), body);
    }

    private static ModelBuilder body() {
        return ModelBuilder.opset(17)
                .input("i", ElementType.I64)
                .input("c", ElementType.BOOL)
                .input("s", ElementType.F32, 1, 4, 6, 6)
                .declare("o", ElementType.F32, 1, 4, 6, 6)
                .node("Identity", List.of("c"), List.of("k"))
                .output("k", ElementType.BOOL)
                .output("t", ElementType.F32, 1, 4, 6, 6);
    }

    private static Net around(Net net, ModelBuilder body) {
        net.in(1, 3, 6, 6)
                .conv("x", "a", 3, 8)
                .scalar("times", 3)
                .single(ElementType.BOOL, "true", 1)
                .weight("start", 1, 4, 6, 6)
                .builder()
                .nodeWithBodies("Loop", List.of("times", "true", "start"), List.of("z"), "body", body);
        return net.node("Relu", "z", "y").out("y", 1, 4, 6, 6);
    }

    private static Net called(String name) {
        Net net = Net.image(name, 17).conv("x", "a", 3, 8).conv("a", "b", 8, 6);
        net.builder()
                .opset("local", 1)
                .function(
                        "local",
                        "twice",
                        ModelBuilder.opset(17)
                                .input("p", ElementType.F32)
                                .node("Add", List.of("p", "p"), List.of("q"))
                                .output("q", ElementType.F32))
                .node("local", "twice", List.of("b"), List.of("f"));
        return net.conv("f", "y", 6, 4)
                .out("y", "N", 4, 6, 6)
                .frozen("b", 1, "no channel rule")
                .expect(8, 1);
    }
}
