package dev.espalier.run;

import dev.espalier.sparse.Shape;
import java.util.List;

/// Small graphs with channels that make no difference, each with how many of them can go.
final class DeadGraphs {
    private static final List<Integer> SOME = List.of(1, 4, 5);

    private DeadGraphs() {}

    static List<Net> all() {
        return List.of(
                filters("filters of zeros without a bias")
                        .node("Conv", "x,w", "a")
                        .conv("a", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(3, 1),
                filters("a bias that is left is folded")
                        .weight("b", 8)
                        .node("Conv", "x,w,b", "a")
                        .conv("a", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(3, 1),
                filters("a function that is not zero at zero")
                        .node("Conv", "x,w", "a")
                        .node("Sigmoid", "a", "s")
                        .weight("v", 4, 8, 3, 3)
                        .node("Conv", "s,v", "y")
                        .out("y", "N", 4, 4, 4)
                        .expect(3, 1),
                filters("beside padding one constant stays for all")
                        .weight("b", 8)
                        .node("Conv", "x,w,b", "a")
                        .weight("v", 4, 8, 3, 3)
                        .node("Conv", "a,v", "y", "pads", List.of(1, 1, 1, 1))
                        .out("y", "N", 4, 6, 6)
                        .expect(2, 1),
                filters("padding that is chosen by itself")
                        .weight("b", 8)
                        .node("Conv", "x,w,b", "a")
                        .weight("v", 4, 8, 3, 3)
                        .node("Conv", "a,v", "y", "auto_pad", "SAME_UPPER")
                        .out("y", "N", 4, 6, 6)
                        .expect(2, 1),
                filters("what a Relu makes zero")
                        .floats("b", Shape.of(8), 1, -1, 1, 1, -2, -3, 1, 1)
                        .node("Conv", "x,w,b", "a")
                        .node("Relu", "a", "r")
                        .weight("v", 4, 8, 3, 3)
                        .node("Conv", "r,v", "y", "pads", List.of(1, 1, 1, 1))
                        .out("y", "N", 4, 6, 6)
                        .expect(3, 1),
                filters("a constant that is infinite stays")
                        .floats("b", Shape.of(8), 9, 0, 9, 9, 3, 1, 9, 9)
                        .node("Conv", "x,w,b", "a")
                        .node("Log", "a", "r")
                        .weight("v", 4, 8, 3, 3)
                        .node("Conv", "r,v", "y", "pads", List.of(1, 1, 1, 1))
                        .out("y", "N", 4, 6, 6)
                        .expect(1, 1),
                filters("what is infinite goes into no bias")
                        .floats("b", Shape.of(8), 9, 0, 9, 9, 3, 1, 9, 9)
                        .node("Conv", "x,w,b", "a")
                        .node("Log", "a", "r")
                        .conv("r", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(2, 1),
                filters("normalization of zeros")
                        .node("Conv", "x,w", "a")
                        .batchNorm("a", "n", 8)
                        .conv("n", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(3, 1),
                Net.image("a normalization with scales of zero", 17)
                        .conv("x", "a", 3, 8)
                        .sparse("scale", 0, SOME, 8)
                        .weight("shift", 8)
                        .node("InstanceNormalization", "a,scale,shift", "n")
                        .conv("n", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(3, 1),
                filters("a residual sum of zeros on one side stays")
                        .node("Conv", "x,w", "a")
                        .conv("x", "b", 3, 8)
                        .node("Add", "a,b", "c")
                        .conv("c", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(0, 1),
                filters("a residual sum of constants")
                        .node("Conv", "x,w", "a")
                        .sparse("v", 0, List.of(1, 4), 8, 8, 3, 3)
                        .weight("b", 8)
                        .node("Conv", "a,v,b", "d", "pads", List.of(1, 1, 1, 1))
                        .node("Add", "a,d", "c")
                        .conv("c", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(2, 1),
                filters("a product with zeros")
                        .node("Conv", "x,w", "a")
                        .conv("x", "b", 3, 8)
                        .node("Mul", "b,a", "c")
                        .conv("c", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(3, 1),
                filters("concatenation")
                        .weight("b", 8)
                        .node("Conv", "x,w,b", "a")
                        .conv("x", "d", 3, 4)
                        .node("Concat", "a,d", "c", "axis", 1)
                        .conv("c", "y", 12, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(3, 2),
                Net.image("filters that are equal", 17)
                        .floats("w", Shape.of(4, 3, 1, 1), 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6)
                        .floats("b", Shape.of(4), 1, 2, 1, 3)
                        .node("Conv", "x,w,b", "a")
                        .node("Tanh", "a", "t")
                        .weight("v", 4, 4, 3, 3)
                        .node("Conv", "t,v", "y", "pads", List.of(1, 1, 1, 1))
                        .out("y", "N", 4, 6, 6)
                        .expect(1, 1),
                Net.image("filters that nothing reads", 17)
                        .conv("x", "a", 3, 8)
                        .sparse("v", 1, SOME, 4, 8, 3, 3)
                        .node("Conv", "a,v", "y", "pads", List.of(1, 1, 1, 1))
                        .out("y", "N", 4, 6, 6)
                        .expect(3, 1),
                Net.image("filters that a slice leaves out", 17)
                        .conv("x", "a", 3, 8)
                        .integers("start", 0)
                        .integers("end", 6)
                        .integers("axis", 1)
                        .node("Slice", "a,start,end,axis", "b")
                        .conv("b", "y", 6, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(2, 2),
                Net.image("filters that only dead ones read", 17)
                        .conv("x", "a", 3, 4)
                        .floats("w", Shape.of(2, 4, 1, 1), 1, 0, 1, 0, 0, 1, 0, 1)
                        .node("Conv", "a,w", "b")
                        .floats("v", Shape.of(3, 2, 1, 1), 1, 0, 2, 0, 3, 0)
                        .node("Conv", "b,v", "y")
                        .out("y", "N", 3, 6, 6)
                        .expect(3, 2),
                Net.image("a layer that is dead stays with one filter", 17)
                        .sparse("w", 0, List.of(0, 1, 2, 3), 4, 3, 1, 1)
                        .node("Conv", "x,w", "a")
                        .conv("a", "y", 4, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(3, 1),
                filters("pooling keeps a constant")
                        .weight("b", 8)
                        .node("Conv", "x,w,b", "a")
                        .node("MaxPool", "a", "p", "kernel_shape", List.of(2, 2), "pads", List.of(1, 1, 1, 1))
                        .conv("p", "y", 8, 4)
                        .out("y", "N", 4, 7, 7)
                        .expect(3, 1),
                filters("pooling that counts its padding does not")
                        .weight("b", 8)
                        .node("Conv", "x,w,b", "a")
                        .node(
                                "AveragePool",
                                "a",
                                "p",
                                "kernel_shape",
                                List.of(2, 2),
                                "pads",
                                List.of(1, 1, 1, 1),
                                "count_include_pad",
                                1)
                        .conv("p", "y", 8, 4)
                        .out("y", "N", 4, 7, 7)
                        .expect(0, 1),
                filters("a depthwise convolution hands constants on")
                        .weight("b", 8)
                        .node("Conv", "x,w,b", "a")
                        .weight("dw", 8, 1, 3, 3)
                        .node("Conv", "a,dw", "d", "group", 8)
                        .conv("d", "y", 8, 4)
                        .out("y", "N", 4, 4, 4)
                        .expect(3, 1),
                filters("as many stay in each group")
                        .node("Conv", "x,w", "a")
                        .weight("g", 8, 4, 1, 1)
                        .node("Conv", "a,g", "y", "group", 2)
                        .out("y", "N", 8, 6, 6)
                        .expect(1, 1),
                columns("a product that is given out has no place for a bias")
                        .node("MatMul", "x,w", "h")
                        .node("Add", "h,b", "a")
                        .node("Tanh", "a", "t")
                        .dense("t", "y", 8, 3)
                        .out("y", "N", 3)
                        .expect(2, 1),
                columns("a product without a bias gets one")
                        .node("Gemm", "x,w,b", "a")
                        .dense("a", "c", 8, 3)
                        .node("Tanh", "c", "y")
                        .out("y", "N", 3)
                        .expect(3, 1),
                columns("a product with an addition after it")
                        .node("MatMul", "x,w", "h")
                        .node("Add", "b,h", "a")
                        .dense("a", "z", 8, 3)
                        .weight("c", 3)
                        .node("Add", "c,z", "y")
                        .out("y", "N", 3)
                        .expect(3, 1),
                columns("a product with a factor")
                        .node("Gemm", "x,w,b", "a", "alpha", 2f)
                        .weight("v", 3, 8)
                        .weight("c", 3)
                        .node("Gemm", "a,v,c", "y", "transB", 1, "alpha", 0.5f, "beta", 3f)
                        .out("y", "N", 3)
                        .expect(3, 1),
                columns("a weight that is read twice is copied")
                        .weight("v", 8, 8)
                        .node("Gemm", "x,w,b", "a")
                        .node("MatMul", "a,v", "c")
                        .node("Tanh", "c", "t")
                        .node("MatMul", "t,v", "d")
                        .dense("d", "y", 8, 3)
                        .out("y", "N", 3)
                        .expect(3, 3),
                columns("a normalization over all channels")
                        .node("Gemm", "x,w,b", "a")
                        .weight("g", 8)
                        .node("RMSNormalization", "a,g", "n")
                        .dense("n", "y", 8, 3)
                        .out("y", "N", 3)
                        .expect(0, 1));
    }

    private static Net filters(String name) {
        return Net.image(name, 17).sparse("w", 0, SOME, 8, 3, 1, 1);
    }

    private static Net columns(String name) {
        return Net.of(name, 23).in("N", 5).sparse("w", 1, SOME, 5, 8).weight("b", 8);
    }
}
