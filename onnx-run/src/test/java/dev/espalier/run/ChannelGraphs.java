package dev.espalier.run;

import dev.espalier.onnx.ModelBuilder;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/// Small graphs, each with what the channel rules must find in it.
final class ChannelGraphs {
    /// @param model what to build
    /// @param channels how many channels can go
    /// @param groups in how many groups
    record Case(Supplier<Net> model, int channels, int groups) {}

    /// A builder with weights from a seed.
    static final class Net {
        private final ModelBuilder builder;
        private final Random random = new Random(5);

        private Net(long opset) {
            builder = ModelBuilder.opset(opset);
        }

        static Net opset(long opset) {
            return new Net(opset);
        }

        ModelBuilder builder() {
            return builder;
        }

        Net weight(String name, long... dims) {
            builder.initializer(name, random(dims));
            return this;
        }

        DenseTensor random(long... dims) {
            Shape shape = Shape.of(dims);
            float[] values = new float[(int) shape.elementCount()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian() * 0.5f + 0.1f;
            }
            return DenseTensor.of(shape, values);
        }

        Net integers(String name, long... values) {
            builder.initializer(name, DenseTensor.ofBits(ElementType.I64, Shape.of(values.length), values));
            return this;
        }

        Net scalar(String name, long value) {
            builder.initializer(name, DenseTensor.ofBits(ElementType.I64, Shape.of(), value));
            return this;
        }

        Net in(Object... dims) {
            builder.input("x", ElementType.F32, dims);
            return this;
        }

        Net out(String name, Object... dims) {
            builder.output(name, ElementType.F32, dims);
            return this;
        }

        Net node(String operator, String inputs, String outputs, Object... attributes) {
            builder.node(operator, List.of(inputs.split(",")), List.of(outputs.split(",")), attributes);
            return this;
        }

        /// A 1x1 convolution.
        Net conv(String from, String to, int in, int out) {
            return weight(to + "_w", out, in, 1, 1)
                    .weight(to + "_b", out)
                    .node("Conv", from + "," + to + "_w," + to + "_b", to);
        }

        /// A matrix product with a weight.
        Net dense(String from, String to, int in, int out) {
            return weight(to + "_w", in, out).node("MatMul", from + "," + to + "_w", to);
        }
    }

    private ChannelGraphs() {}

    static Map<String, Case> all() {
        Map<String, Case> all = new LinkedHashMap<>();
        convolutions(all);
        movements(all);
        constants(all);
        attention(all);
        others(all);
        return all;
    }

    private static Net image(int opset) {
        return Net.opset(opset).in("N", 3, 6, 6);
    }

    private static void convolutions(Map<String, Case> all) {
        all.put(
                "a function that is not zero at zero",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .node("Sigmoid", "a", "s")
                                .conv("s", "y", 8, 4)
                                .out("y", "N", 4, 6, 6),
                        8,
                        1));
        all.put(
                "a residual addition",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .conv("a", "b", 8, 8)
                                .node("Add", "a,b", "c")
                                .conv("c", "y", 8, 4)
                                .out("y", "N", 4, 6, 6),
                        8,
                        1));
        all.put(
                "the same tensor twice",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .node("Sigmoid", "a", "s")
                                .node("Mul", "a,s", "m")
                                .node("Add", "m,m", "d")
                                .conv("d", "y", 8, 4)
                                .out("y", "N", 4, 6, 6),
                        8,
                        1));
        all.put(
                "a depthwise convolution",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .weight("dw", 8, 1, 3, 3)
                                .node("Conv", "a,dw", "d", "group", 8, "pads", List.of(1, 1, 1, 1))
                                .conv("d", "y", 8, 4)
                                .out("y", "N", 4, 6, 6),
                        8,
                        1));
        all.put(
                "a depthwise convolution with a multiplier",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 4)
                                .weight("dw", 8, 1, 3, 3)
                                .node("Conv", "a,dw", "d", "group", 4)
                                .conv("d", "y", 8, 4)
                                .out("y", "N", 4, 4, 4),
                        4,
                        1));
        all.put(
                "a grouped convolution",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .weight("gw", 12, 4, 3, 3)
                                .node("Conv", "a,gw", "g", "group", 2)
                                .node("Relu", "g", "r")
                                .conv("r", "y", 12, 4)
                                .out("y", "N", 4, 4, 4),
                        4 + 6,
                        2));
        all.put(
                "a grouped convolution with a residual addition",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .weight("gw", 8, 4, 1, 1)
                                .node("Conv", "a,gw", "g", "group", 2)
                                .node("Add", "a,g", "c")
                                .conv("c", "y", 8, 4)
                                .out("y", "N", 4, 6, 6),
                        4,
                        1));
        all.put(
                "a transposed convolution",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .weight("tw", 8, 6, 2, 2)
                                .weight("tb", 6)
                                .node("ConvTranspose", "a,tw,tb", "t", "strides", List.of(2, 2))
                                .conv("t", "y", 6, 4)
                                .out("y", "N", 4, 12, 12),
                        14,
                        2));
        all.put(
                "a grouped transposed convolution",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .weight("tw", 8, 3, 2, 2)
                                .node("ConvTranspose", "a,tw", "t", "group", 2)
                                .conv("t", "y", 6, 4)
                                .out("y", "N", 4, 7, 7),
                        4 + 3,
                        2));
        all.put(
                "normalization by stored statistics",
                new Case(
                        () -> {
                            Net net = image(17).conv("x", "a", 3, 8);
                            for (String name : List.of("scale", "shift", "mean")) {
                                net.weight(name, 8);
                            }
                            net.builder().initializer("var", DenseTensor.of(Shape.of(8), 1, 2, 3, 4, 1, 2, 3, 4));
                            return net.node("BatchNormalization", "a,scale,shift,mean,var", "b")
                                    .conv("b", "y", 8, 4)
                                    .out("y", "N", 4, 6, 6);
                        },
                        8,
                        1));
        all.put(
                "normalization over space",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .weight("s", 8)
                                .weight("t", 8)
                                .node("InstanceNormalization", "a,s,t", "b")
                                .conv("b", "y", 8, 4)
                                .out("y", "N", 4, 6, 6),
                        8,
                        1));
        all.put(
                "normalization over groups",
                new Case(
                        () -> image(21)
                                .conv("x", "a", 3, 8)
                                .weight("s", 8)
                                .weight("t", 8)
                                .node("GroupNormalization", "a,s,t", "b", "num_groups", 4)
                                .conv("b", "y", 8, 4)
                                .out("y", "N", 4, 6, 6),
                        4,
                        1));
        all.put(
                "squeeze and excitation",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .node("GlobalAveragePool", "a", "p")
                                .conv("p", "q", 8, 4)
                                .node("Relu", "q", "r")
                                .conv("r", "e", 4, 8)
                                .node("HardSigmoid", "e", "h")
                                .node("Mul", "a,h", "m")
                                .conv("m", "y", 8, 4)
                                .out("y", "N", 4, 6, 6),
                        12,
                        2));
        all.put(
                "a slope for each channel",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .weight("slope", 8, 1, 1)
                                .node("PRelu", "a,slope", "p")
                                .conv("p", "y", 8, 4)
                                .out("y", "N", 4, 6, 6),
                        8,
                        1));
    }

    private static void movements(Map<String, Case> all) {
        all.put(
                "channels flattened with space",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .node("Flatten", "a", "f")
                                .dense("f", "y", 8 * 36, 4)
                                .out("y", "N", 4),
                        8,
                        1));
        all.put(
                "channels flattened by a shape",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .integers("shape", -1, 8 * 36)
                                .node("Reshape", "a,shape", "f")
                                .dense("f", "y", 8 * 36, 4)
                                .out("y", "N", 4),
                        8,
                        1));
        all.put(
                "a shape that leaves the channels open",
                new Case(
                        () -> Net.opset(17)
                                .in(2, 3, 6, 6)
                                .conv("x", "a", 3, 8)
                                .integers("shape", 2, -1)
                                .node("Reshape", "a,shape", "f")
                                .dense("f", "y", 8 * 36, 4)
                                .out("y", 2, 4),
                        8,
                        1));
        all.put(
                "concatenation with normalization",
                new Case(
                        () -> {
                            Net net = image(17)
                                    .conv("x", "a", 3, 4)
                                    .conv("x", "b", 3, 6)
                                    .node("Concat", "a,b", "c", "axis", 1);
                            for (String name : List.of("scale", "shift", "mean")) {
                                net.weight(name, 10);
                            }
                            net.builder()
                                    .initializer("var", DenseTensor.of(Shape.of(10), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
                            return net.node("BatchNormalization", "c,scale,shift,mean,var", "d")
                                    .conv("d", "y", 10, 4)
                                    .out("y", "N", 4, 6, 6);
                        },
                        10,
                        2));
        all.put(
                "halves of a split without sizes",
                new Case(
                        () -> image(13)
                                .conv("x", "a", 3, 8)
                                .node("Split", "a", "b,c", "axis", 1)
                                .conv("b", "d", 4, 4)
                                .node("Add", "d,c", "e")
                                .conv("e", "y", 4, 4)
                                .out("y", "N", 4, 6, 6),
                        8,
                        2));
        all.put(
                "parts of a split by number",
                new Case(
                        () -> image(18)
                                .conv("x", "a", 3, 8)
                                .node("Split", "a", "b,c", "axis", 1, "num_outputs", 2)
                                .conv("b", "d", 4, 4)
                                .conv("c", "e", 4, 4)
                                .node("Concat", "d,e", "f", "axis", 1)
                                .conv("f", "y", 8, 4)
                                .out("y", "N", 4, 6, 6),
                        16,
                        4));
        all.put(
                "parts of a split by an attribute",
                new Case(
                        () -> image(11)
                                .conv("x", "a", 3, 8)
                                .node("Split", "a", "b,c", "axis", 1, "split", List.of(2, 6))
                                .conv("b", "d", 2, 4)
                                .conv("c", "e", 6, 4)
                                .node("Add", "d,e", "f")
                                .conv("f", "y", 4, 4)
                                .out("y", "N", 4, 6, 6),
                        12,
                        3));
        all.put(
                "slices",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .integers("s", 2)
                                .integers("e", 1L << 40)
                                .integers("axes", 1)
                                .integers("zero", 0)
                                .integers("back", -6)
                                .node("Slice", "a,s,e,axes", "b")
                                .node("Slice", "a,zero,back,axes", "c")
                                .node("Concat", "b,c", "d", "axis", 1)
                                .conv("d", "y", 8, 4)
                                .out("y", "N", 4, 6, 6),
                        8,
                        2));
        all.put(
                "a slice backwards",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 6)
                                .integers("s", -1)
                                .integers("e", Long.MIN_VALUE)
                                .integers("axes", 1)
                                .integers("steps", -1)
                                .node("Slice", "a,s,e,axes,steps", "b")
                                .conv("b", "y", 6, 4)
                                .out("y", "N", 4, 6, 6),
                        6,
                        1));
        all.put(
                "indices that are taken",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 6)
                                .integers("which", 5, 0, -2, 0)
                                .node("Gather", "a,which", "b", "axis", 1)
                                .conv("b", "y", 4, 4)
                                .out("y", "N", 4, 6, 6),
                        6,
                        2));
        all.put(
                "a channel shuffle",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .integers("five", -1, 2, 4, 6, 6)
                                .integers("four", -1, 8, 6, 6)
                                .node("Reshape", "a,five", "b")
                                .node("Transpose", "b", "c", "perm", List.of(0, 2, 1, 3, 4))
                                .node("Reshape", "c,four", "d")
                                .conv("d", "y", 8, 4)
                                .out("y", "N", 4, 6, 6),
                        8,
                        1));
        all.put(
                "depth to space",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .node("DepthToSpace", "a", "d", "blocksize", 2)
                                .conv("d", "y", 2, 4)
                                .out("y", "N", 4, 12, 12),
                        2,
                        1));
        all.put(
                "depth to space by columns",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .node("DepthToSpace", "a", "d", "blocksize", 2, "mode", "CRD")
                                .conv("d", "y", 2, 4)
                                .out("y", "N", 4, 12, 12),
                        2,
                        1));
        all.put(
                "space to depth",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 4)
                                .node("SpaceToDepth", "a", "d", "blocksize", 2)
                                .conv("d", "y", 16, 4)
                                .out("y", "N", 4, 3, 3),
                        4,
                        1));
        all.put(
                "tiles",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 4)
                                .integers("times", 1, 2, 1, 1)
                                .node("Tile", "a,times", "t")
                                .conv("t", "y", 8, 4)
                                .out("y", "N", 4, 6, 6),
                        4,
                        1));
        all.put(
                "a reshape that cuts across",
                new Case(
                        () -> Net.opset(17)
                                .in(6, 5)
                                .dense("x", "a", 5, 4)
                                .integers("shape", 8, 3)
                                .node("Reshape", "a,shape", "b")
                                .dense("b", "y", 3, 2)
                                .out("y", 8, 2),
                        0,
                        0));
        all.put(
                "padding and resizing over space",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .integers("pads", 0, 0, 1, 1, 0, 0, 1, 1)
                                .node("Pad", "a,pads", "p")
                                .integers("sizes", 1, 8, 16, 16)
                                .node("Resize", "p,,,sizes", "r")
                                .conv("r", "y", 8, 4)
                                .out("y", 1, 4, 16, 16),
                        8,
                        1));
    }

    private static void constants(Map<String, Case> all) {
        all.put(
                "a bias that two layers share",
                new Case(
                        () -> image(17)
                                .weight("shared", 6)
                                .weight("v", 6, 3, 1, 1)
                                .weight("w", 6, 3, 1, 1)
                                .node("Conv", "x,v,shared", "a")
                                .node("Conv", "x,w,shared", "b")
                                .conv("a", "c", 6, 4)
                                .conv("b", "d", 6, 4)
                                .node("Add", "c,d", "y")
                                .out("y", "N", 4, 6, 6),
                        12,
                        2));
        all.put(
                "a bias that is shared through Identity",
                new Case(
                        () -> image(17)
                                .weight("shared", 6)
                                .node("Identity", "shared", "same")
                                .weight("v", 6, 3, 1, 1)
                                .weight("w", 6, 3, 1, 1)
                                .node("Conv", "x,v,shared", "a")
                                .node("Conv", "x,w,same", "b")
                                .conv("a", "c", 6, 4)
                                .conv("b", "d", 6, 4)
                                .node("Add", "c,d", "y")
                                .out("y", "N", 4, 6, 6),
                        12,
                        2));
        all.put(
                "a shape that two reshapes share",
                new Case(
                        () -> Net.opset(17)
                                .in(2, 5)
                                .dense("x", "a", 5, 8)
                                .dense("x", "b", 5, 8)
                                .integers("shape", 2, 2, 4)
                                .node("Reshape", "a,shape", "c")
                                .node("Reshape", "b,shape", "d")
                                .dense("c", "e", 4, 3)
                                .node("Add", "d,d", "f")
                                .dense("f", "g", 4, 3)
                                .node("Add", "e,g", "y")
                                .out("y", 2, 2, 3),
                        8,
                        2));
        all.put(
                "a weight that is read twice",
                new Case(
                        () -> Net.opset(17)
                                .in("N", 6)
                                .weight("w", 6, 6)
                                .node("MatMul", "x,w", "a")
                                .node("Tanh", "a", "t")
                                .node("MatMul", "t,w", "b")
                                .node("Tanh", "b", "u")
                                .dense("u", "y", 6, 3)
                                .out("y", "N", 3),
                        12,
                        2));
        all.put(
                "a weight that is transposed",
                new Case(
                        () -> Net.opset(17)
                                .in("N", 6)
                                .weight("w", 8, 6)
                                .node("Transpose", "w", "wt")
                                .node("MatMul", "x,wt", "a")
                                .dense("a", "y", 8, 3)
                                .out("y", "N", 3),
                        8,
                        1));
        all.put(
                "a weight that is given out",
                new Case(
                        () -> Net.opset(17)
                                .in("N", 6)
                                .weight("w", 6, 8)
                                .node("MatMul", "x,w", "a")
                                .dense("a", "y", 8, 3)
                                .out("y", "N", 3)
                                .out("w", 6, 8),
                        8,
                        1));
        all.put(
                "a weight of one number",
                new Case(
                        () -> Net.opset(17)
                                .in("N", 6)
                                .integers("shape", 6, 8)
                                .node("ConstantOfShape", "shape", "w", "value", DenseTensor.of(Shape.of(1), 0.5f))
                                .node("MatMul", "x,w", "a")
                                .dense("a", "y", 8, 3)
                                .out("y", "N", 3),
                        8,
                        1));
        all.put(
                "weights in Constant nodes",
                new Case(
                        () -> {
                            Net net = image(17);
                            net.node("Constant", "", "v", "value", net.random(8, 3, 1, 1));
                            net.node("Constant", "", "w", "value", net.random(4, 8, 1, 1));
                            return net.node("Conv", "x,v", "a")
                                    .node("Conv", "a,w", "y")
                                    .out("y", "N", 4, 6, 6);
                        },
                        8,
                        1));
        all.put(
                "quantized along an axis",
                new Case(
                        () -> {
                            Net net = image(17).weight("bias", 8);
                            long[] bits = new long[8 * 3];
                            for (int i = 0; i < bits.length; i++) {
                                bits[i] = i * 37L % 255;
                            }
                            net.builder()
                                    .initializer("q", DenseTensor.ofBits(ElementType.I8, Shape.of(8, 3, 1, 1), bits));
                            return net.weight("scale", 8)
                                    .node("DequantizeLinear", "q,scale", "w", "axis", 0)
                                    .node("Conv", "x,w,bias", "a")
                                    .conv("a", "y", 8, 4)
                                    .out("y", "N", 4, 6, 6);
                        },
                        8,
                        1));
    }

    private static void attention(Map<String, Case> all) {
        all.put("attention with a scale from sizes", new Case(() -> attention(true), 2, 1));
        all.put("attention with a fixed scale", new Case(() -> attention(false), 2, 1));
        all.put(
                "root mean squares from primitives",
                new Case(
                        () -> Net.opset(17)
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
                                .out("y", "N", 3),
                        8,
                        1));
        all.put(
                "layer normalization",
                new Case(
                        () -> Net.opset(17)
                                .in("N", 5)
                                .dense("x", "a", 5, 8)
                                .weight("g", 8)
                                .node("LayerNormalization", "a,g", "n")
                                .dense("n", "h", 8, 6)
                                .node("Relu", "h", "r")
                                .dense("r", "y", 6, 3)
                                .out("y", "N", 3),
                        6,
                        1));
        all.put(
                "an embedding",
                new Case(
                        () -> {
                            Net net = Net.opset(17).weight("table", 10, 8);
                            net.builder().input("ids", ElementType.I64, "N", 4);
                            return net.node("Gather", "table,ids", "e")
                                    .dense("e", "y", 8, 3)
                                    .out("y", "N", 4, 3);
                        },
                        8,
                        1));
    }

    private static Net attention(boolean scaleOfSizes) {
        Net net = Net.opset(17).in("N", 5, 8).integers("split", 0, 0, 2, 4).integers("join", 0, 0, 8);
        for (String name : List.of("q", "k", "v")) {
            net.dense("x", name, 8, 8).node("Reshape", name + ",split", name + "4");
        }
        net.node("Transpose", "q4", "qt", "perm", List.of(0, 2, 1, 3))
                .node("Transpose", "k4", "kt", "perm", List.of(0, 2, 3, 1))
                .node("Transpose", "v4", "vt", "perm", List.of(0, 2, 1, 3))
                .node("MatMul", "qt,kt", "scores");
        if (scaleOfSizes) {
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

    private static void others(Map<String, Case> all) {
        for (String operator : List.of("LSTM", "GRU", "RNN")) {
            int gates = operator.equals("LSTM") ? 4 : operator.equals("GRU") ? 3 : 1;
            all.put(
                    operator + " units",
                    new Case(
                            () -> Net.opset(17)
                                    .in(4, "N", 5)
                                    .weight("w", 2, gates * 3L, 5)
                                    .weight("r", 2, gates * 3L, 3)
                                    .weight("b", 2, 2L * gates * 3)
                                    .node(operator, "x,w,r,b", "s", "hidden_size", 3, "direction", "bidirectional")
                                    .node("Transpose", "s", "t", "perm", List.of(0, 2, 1, 3))
                                    .integers("shape", 0, 0, 6)
                                    .node("Reshape", "t,shape", "f")
                                    .dense("f", "y", 6, 2)
                                    .out("y", 4, "N", 2),
                            3,
                            1));
        }
        all.put(
                "a sum over channels",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .integers("axes", 1)
                                .node("ReduceSum", "a,axes", "s")
                                .conv("s", "y", 1, 4)
                                .out("y", "N", 4, 6, 6),
                        8,
                        1));
        all.put(
                "a mean over channels",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .node("ReduceMean", "a", "s", "axes", List.of(1))
                                .conv("s", "y", 1, 4)
                                .out("y", "N", 4, 6, 6),
                        8,
                        1));
        all.put(
                "a maximum over channels",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .node("ReduceMax", "a", "s", "axes", List.of(1))
                                .conv("s", "y", 1, 4)
                                .out("y", "N", 4, 6, 6),
                        0,
                        0));
        all.put(
                "an operator without a rule",
                new Case(
                        () -> image(17)
                                .conv("x", "a", 3, 8)
                                .conv("a", "b", 8, 6)
                                .node("LRN", "b", "l", "size", 3)
                                .conv("l", "y", 6, 4)
                                .out("y", "N", 4, 6, 6),
                        8,
                        1));
        all.put(
                "expanding",
                new Case(
                        () -> Net.opset(17)
                                .in(2, 5)
                                .dense("x", "a", 5, 8)
                                .integers("axes", 1)
                                .node("Unsqueeze", "a,axes", "u")
                                .integers("shape", 2, 3, 8)
                                .node("Expand", "u,shape", "e")
                                .dense("e", "y", 8, 3)
                                .out("y", 2, 3, 3),
                        8,
                        1));
        all.put(
                "Gemm with everything turned",
                new Case(
                        () -> Net.opset(17)
                                .in(5, 4)
                                .weight("w", 8, 5)
                                .weight("c", 8)
                                .node("Gemm", "x,w,c", "a", "transA", 1, "transB", 1)
                                .weight("v", 3, 8)
                                .node("Gemm", "a,v", "y", "transB", 1)
                                .out("y", 4, 3),
                        8,
                        1));
        all.put(
                "a weight on the left",
                new Case(
                        () -> Net.opset(17)
                                .in(5, 4)
                                .weight("w", 8, 5)
                                .node("MatMul", "w,x", "a")
                                .weight("v", 3, 8)
                                .node("MatMul", "v,a", "y")
                                .out("y", 3, 4),
                        8,
                        1));
    }

    /// The names of all graphs.
    static List<String> names() {
        return new ArrayList<>(all().keySet());
    }
}
