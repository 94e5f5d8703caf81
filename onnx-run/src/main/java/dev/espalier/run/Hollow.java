package dev.espalier.run;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.List;
import java.util.stream.IntStream;

/// Makes a model that is too large to be copied small: its weights become zeros that ConstantOfShape makes where they
/// are read, one after the other. What such a model computes means nothing, but its sizes are the model's own.
final class Hollow {
    /// A model with more weights than this is made small.
    private static final long MOST_BYTES = 1L << 30;

    private static final long LARGE = 1 << 20;

    private Hollow() {}

    /// Changes a model that is too large.
    ///
    /// @return whether it was
    static boolean makeOf(Model model) {
        List<Value> large = model.allGraphs().stream()
                .flatMap(graph -> graph.initializers().stream())
                .filter(value -> bytes(value) > LARGE && !value.isInput() && !value.isOutput())
                .toList();
        if (large.stream().mapToLong(Hollow::bytes).sum() <= MOST_BYTES) {
            return false;
        }
        GraphPatch patch = GraphPatch.labelled("make weights small");
        large.forEach(value -> empty(value, patch));
        patch.apply();
        GraphPatch rest = GraphPatch.labelled("remove large weights");
        large.forEach(rest::removeInitializer);
        return rest.apply();
    }

    private static long bytes(Value value) {
        Constant constant = value.constant().orElseThrow();
        return constant.type().isFloat()
                ? constant.type().byteCount(constant.shape().elementCount())
                : 0;
    }

    private static void empty(Value value, GraphPatch patch) {
        Constant constant = value.constant().orElseThrow();
        long[] dims = constant.shape().dims();
        for (Use use : List.copyOf(value.uses())) {
            Node reader = use.node();
            Value sizes = patch.addInitializer(
                    reader.graph(), value.name() + "_sizes", integers(Shape.of(dims.length), dims));
            Value made = patch.insertBefore(
                    reader,
                    "ConstantOfShape",
                    value.name() + "_zeros",
                    List.of(after(use, sizes, patch)),
                    List.of(new Attribute.Tensor(
                            "value", Constant.Dense.raw(DenseTensor.zeros(constant.type(), Shape.of(1))))));
            patch.setInput(reader, use.index(), made);
        }
    }

    /// The sizes, computed so that they are not known before what the node reads besides: what depends on nothing the
    /// runtime makes first, all weights at once.
    private static Value after(Use use, Value sizes, GraphPatch patch) {
        Node reader = use.node();
        Value other = IntStream.range(0, reader.inputCount())
                .mapToObj(i -> reader.input(i).orElse(null))
                .filter(input -> input != null && input.constant().isEmpty())
                .findFirst()
                .orElse(null);
        if (other == null) {
            return sizes;
        }
        String stem = sizes.name();
        Value shape = patch.insertBefore(reader, "Shape", stem, List.of(other), List.of());
        Value sum = patch.insertBefore(
                reader, "ReduceSum", stem, List.of(shape), List.of(new Attribute.Int("keepdims", 0)));
        Value zero = patch.insertBefore(reader, "Sub", stem, List.of(sum, sum), List.of());
        return patch.insertBefore(reader, "Add", stem, List.of(sizes, zero), List.of());
    }

    private static Constant integers(Shape shape, long... all) {
        return Constant.Dense.raw(DenseTensor.ofBits(ElementType.I64, shape, all));
    }
}
