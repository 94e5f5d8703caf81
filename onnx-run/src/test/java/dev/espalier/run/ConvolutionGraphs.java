package dev.espalier.run;

import java.util.List;

/// Convolutions and what exporters put around them.
final class ConvolutionGraphs {
    private ConvolutionGraphs() {}

    static List<Net> all() {
        return List.of(
                Net.image("a function that is not zero at zero", 17)
                        .conv("x", "a", 3, 8)
                        .node("Sigmoid", "a", "s")
                        .conv("s", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                Net.image("a residual addition", 17)
                        .conv("x", "a", 3, 8)
                        .conv("a", "b", 8, 8)
                        .node("Add", "a,b", "c")
                        .conv("c", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                Net.image("the same tensor twice", 17)
                        .conv("x", "a", 3, 8)
                        .node("Sigmoid", "a", "s")
                        .node("Mul", "a,s", "m")
                        .node("Add", "m,m", "d")
                        .conv("d", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                Net.image("a depthwise convolution", 17)
                        .conv("x", "a", 3, 8)
                        .weight("dw", 8, 1, 3, 3)
                        .node("Conv", "a,dw", "d", "group", 8, "pads", List.of(1, 1, 1, 1))
                        .conv("d", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                Net.image("a depthwise convolution with a multiplier", 17)
                        .conv("x", "a", 3, 4)
                        .weight("dw", 8, 1, 3, 3)
                        .node("Conv", "a,dw", "d", "group", 4)
                        .conv("d", "y", 8, 4)
                        .out("y", "N", 4, 4, 4)
                        .expect(4, 1),
                Net.image("a grouped convolution", 17)
                        .conv("x", "a", 3, 8)
                        .weight("gw", 12, 4, 3, 3)
                        .node("Conv", "a,gw", "g", "group", 2)
                        .node("Relu", "g", "r")
                        .conv("r", "y", 12, 4)
                        .out("y", "N", 4, 4, 4)
                        .expect(4 + 6, 2),
                Net.image("a grouped convolution with a residual addition", 17)
                        .conv("x", "a", 3, 8)
                        .weight("gw", 8, 4, 1, 1)
                        .node("Conv", "a,gw", "g", "group", 2)
                        .node("Add", "a,g", "c")
                        .conv("c", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(4, 1),
                Net.image("a transposed convolution", 17)
                        .conv("x", "a", 3, 8)
                        .weight("tw", 8, 6, 2, 2)
                        .weight("tb", 6)
                        .node("ConvTranspose", "a,tw,tb", "t", "strides", List.of(2, 2))
                        .conv("t", "y", 6, 4)
                        .out("y", "N", 4, 12, 12)
                        .expect(14, 2),
                Net.image("a grouped transposed convolution", 17)
                        .conv("x", "a", 3, 8)
                        .weight("tw", 8, 3, 2, 2)
                        .node("ConvTranspose", "a,tw", "t", "group", 2)
                        .conv("t", "y", 6, 4)
                        .out("y", "N", 4, 7, 7)
                        .expect(4 + 3, 2),
                Net.image("squeeze and excitation", 17)
                        .conv("x", "a", 3, 8)
                        .node("GlobalAveragePool", "a", "p")
                        .conv("p", "q", 8, 4)
                        .node("Relu", "q", "r")
                        .conv("r", "e", 4, 8)
                        .node("HardSigmoid", "e", "h")
                        .node("Mul", "a,h", "m")
                        .conv("m", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(12, 2),
                Net.image("a slope for each channel", 17)
                        .conv("x", "a", 3, 8)
                        .weight("slope", 8, 1, 1)
                        .node("PRelu", "a,slope", "p")
                        .conv("p", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1));
    }
}
