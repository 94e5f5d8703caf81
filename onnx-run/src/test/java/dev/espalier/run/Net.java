package dev.espalier.run;

import dev.espalier.onnx.ModelBuilder;
import dev.espalier.pruning.channels.ChannelOptions;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleToLongFunction;

/// A small graph with weights from a seed, and what the channel rules must find in it.
final class Net {
    /// An axis of which no index can go.
    record Frozen(String tensor, int axis, String reason) {}

    private final String name;
    private final ModelBuilder builder;
    private final Random random = new Random(5);
    private final List<Frozen> frozen = new ArrayList<>();
    private ChannelOptions options = ChannelOptions.EXACT;
    private int channels;
    private int groups;

    private Net(String name, long opset) {
        this.name = name;
        this.builder = ModelBuilder.opset(opset);
    }

    /// @param name what it shows
    static Net of(String name, long opset) {
        return new Net(name, opset);
    }

    /// A graph of images: x is `[N, 3, 6, 6]`.
    static Net image(String name, long opset) {
        return of(name, opset).in("N", 3, 6, 6);
    }

    /// A graph with operators of ONNX Runtime's own.
    static Net microsoft(String name) {
        Net net = of(name, 17);
        net.builder.opset("com.microsoft", 1);
        return net;
    }

    /// @param expected how many channels can go
    /// @param inGroups in how many groups
    Net expect(int expected, int inGroups) {
        channels = expected;
        groups = inGroups;
        return this;
    }

    /// Looks for something else than for all that can go exactly.
    Net with(ChannelOptions other) {
        options = other;
        return this;
    }

    ChannelOptions options() {
        return options;
    }

    /// Expects that no index of an axis can go, and why.
    Net frozen(String tensor, int axis, String reason) {
        frozen.add(new Frozen(tensor, axis, reason));
        return this;
    }

    int channels() {
        return channels;
    }

    int groups() {
        return groups;
    }

    List<Frozen> frozen() {
        return frozen;
    }

    ModelBuilder builder() {
        return builder;
    }

    Net weight(String tensor, long... dims) {
        builder.initializer(tensor, random(dims));
        return this;
    }

    /// A weight in a Constant node.
    Net constant(String tensor, long... dims) {
        return node("Constant", "", tensor, "value", random(dims));
    }

    DenseTensor random(long... dims) {
        Shape shape = Shape.of(dims);
        float[] values = new float[(int) shape.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * 0.5f + 0.1f;
        }
        return DenseTensor.of(shape, values);
    }

    Net floats(String tensor, Shape shape, float... values) {
        builder.initializer(tensor, DenseTensor.of(shape, values));
        return this;
    }

    /// A weight that is zero at some indices of an axis.
    Net sparse(String tensor, int axis, List<Integer> zeros, long... dims) {
        DenseTensor dense = random(dims);
        long[] bits = new long[(int) dense.elementCount()];
        dense.readBits(0, bits.length, bits);
        long inner = 1;
        for (int i = axis + 1; i < dims.length; i++) {
            inner *= dims[i];
        }
        for (int i = 0; i < bits.length; i++) {
            bits[i] = zeros.contains((int) (i / inner % dims[axis])) ? 0 : bits[i];
        }
        builder.initializer(tensor, DenseTensor.ofBits(dense.type(), dense.shape(), bits));
        return this;
    }

    /// Elements of 8 bits, so small that no kernel's intermediate sums overflow.
    Net bytes(ElementType type, String tensor, long... dims) {
        long[] bits = new long[(int) Shape.of(dims).elementCount()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = random.nextInt(1, 60);
        }
        builder.initializer(tensor, DenseTensor.ofBits(type, Shape.of(dims), bits));
        return this;
    }

    Net doubles(String tensor, long... dims) {
        return wider(ElementType.F64, tensor, Double::doubleToRawLongBits, dims);
    }

    Net halves(String tensor, long... dims) {
        return wider(ElementType.F16, tensor, value -> Short.toUnsignedLong(Float.floatToFloat16((float) value)), dims);
    }

    private Net wider(ElementType type, String tensor, DoubleToLongFunction bits, long... dims) {
        long[] all = random.doubles(Shape.of(dims).elementCount(), -1, 1)
                .mapToLong(bits)
                .toArray();
        builder.initializer(tensor, DenseTensor.ofBits(type, Shape.of(dims), all));
        return this;
    }

    /// One element of any type.
    Net single(ElementType type, String tensor, long bits) {
        builder.initializer(tensor, DenseTensor.ofBits(type, Shape.of(), bits));
        return this;
    }

    Net zeros(ElementType type, String tensor, long... dims) {
        builder.initializer(tensor, DenseTensor.zeros(type, Shape.of(dims)));
        return this;
    }

    Net integers(String tensor, long... values) {
        builder.initializer(tensor, DenseTensor.ofBits(ElementType.I64, Shape.of(values.length), values));
        return this;
    }

    /// One integer in each row.
    Net table(String tensor, long... values) {
        builder.initializer(tensor, DenseTensor.ofBits(ElementType.I64, Shape.of(values.length, 1), values));
        return this;
    }

    /// Integers of 32 bits, as a vector or, if `dims` is empty, as a scalar.
    Net narrow(String tensor, Shape dims, long... values) {
        builder.initializer(tensor, DenseTensor.ofBits(ElementType.I32, dims, values));
        return this;
    }

    Net scalar(String tensor, long value) {
        builder.initializer(tensor, DenseTensor.ofBits(ElementType.I64, Shape.of(), value));
        return this;
    }

    Net in(Object... dims) {
        return input("x", ElementType.F32, dims);
    }

    Net input(String tensor, ElementType type, Object... dims) {
        builder.input(tensor, type, dims);
        return this;
    }

    Net out(String tensor, Object... dims) {
        builder.output(tensor, ElementType.F32, dims);
        return this;
    }

    Net node(String operator, String inputs, String outputs, Object... attributes) {
        builder.node(operator, List.of(inputs.split(",")), List.of(outputs.split(",")), attributes);
        return this;
    }

    /// A node of ONNX Runtime's own.
    Net fused(String operator, String inputs, String outputs, Object... attributes) {
        builder.node("com.microsoft", operator, List.of(inputs.split(",")), List.of(outputs.split(",")), attributes);
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

    Net batchNorm(String from, String to, int size) {
        return batchNorm(from, to, to, size);
    }

    /// Normalization that also gives out the statistics, as some old models do.
    Net training(String from, String to, int size) {
        return batchNorm(from, to, "%s,%s_1,%s_2,%s_3,%s_4".replace("%s", to), size);
    }

    private Net batchNorm(String from, String to, String outputs, int size) {
        float[] variance = new float[size];
        for (int i = 0; i < size; i++) {
            variance[i] = i % 4 + 1;
        }
        return weight(to + "_scale", size)
                .weight(to + "_shift", size)
                .weight(to + "_mean", size)
                .floats(to + "_var", Shape.of(size), variance)
                .node(
                        "BatchNormalization",
                        from + "," + to + "_scale," + to + "_shift," + to + "_mean," + to + "_var",
                        outputs);
    }

    @Override
    public String toString() {
        return name;
    }
}
