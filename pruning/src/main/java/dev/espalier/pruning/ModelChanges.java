package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Mask;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// What constants of a model are in another version of it, by path.
///
/// @param constants of the same types and shapes
public record ModelChanges(Map<String, Constant> constants) {
    /// None.
    public static final ModelChanges NONE = new ModelChanges(Map.of());

    public ModelChanges {
        constants = Map.copyOf(constants);
    }

    /// What is different in the other model. Constants that only one of them has, or that have another type or
    /// shape there, are not looked at.
    public static ModelChanges between(Model model, Model other) {
        Map<String, Constant> changed = new LinkedHashMap<>();
        Map<String, Value> others = constants(other);
        constants(model).forEach((path, value) -> {
            Constant mine = value.constant().orElseThrow();
            Optional<Constant> theirs = Optional.ofNullable(others.get(path)).flatMap(Value::constant);
            if (theirs.isPresent() && isComparable(mine, theirs.get())) {
                DenseTensor is = theirs.get().decode();
                if (!mine.decode().isSameAs(is)) {
                    changed.put(path, mine.withElements(is));
                }
            }
        });
        return new ModelChanges(changed);
    }

    private static boolean isComparable(Constant a, Constant b) {
        return !(a instanceof Constant.Opaque)
                && a.type() == b.type()
                && a.shape().equals(b.shape());
    }

    private static Map<String, Value> constants(Model model) {
        Map<String, Value> all = new HashMap<>();
        for (Graph graph : model.allGraphs()) {
            Stream.concat(
                            graph.initializers().stream(),
                            graph.nodes().stream().flatMap(node -> node.outputs().stream()))
                    .filter(value -> value.constant().isPresent())
                    .forEach(value -> all.put(value.path(), value));
        }
        return all;
    }

    /// These and more, which count where both say something.
    public ModelChanges with(Map<Value, Constant> more) {
        Map<String, Constant> all = new HashMap<>(constants);
        more.forEach((value, constant) -> all.put(value.path(), constant));
        return new ModelChanges(all);
    }

    /// The same, but weights that are zero here and were not in the model are what they were.
    ///
    /// @param model before the changes
    public ModelChanges regrown(Model model) {
        Map<String, Constant> all = new HashMap<>(constants);
        for (Weight weight : WeightSearch.in(model).weights()) {
            all.computeIfPresent(
                    weight.value().path(), (path, changed) -> changed.withElements(regrown(weight, changed.decode())));
        }
        return new ModelChanges(all);
    }

    private static DenseTensor regrown(Weight weight, DenseTensor now) {
        DenseTensor was = weight.constant().decode();
        DenseTensor both = DenseTensor.zeros(now.type(), now.shape());
        both.data().copyFrom(now.data());
        Mask nonZeros = Mask.ofNonZeros(now, weight.quantization());
        long width = now.data().byteSize() / Math.max(1, now.elementCount());
        for (long i = 0; i < now.elementCount() && width > 0; i++) {
            if (!nonZeros.isKept(i)) {
                MemorySegment.copy(was.data(), i * width, both.data(), i * width, width);
            }
        }
        return both;
    }

    /// Makes them in a model.
    public void apply(Model model) {
        Map<String, Value> values = constants(model);
        GraphPatch patch = GraphPatch.labelled("change constants");
        constants.forEach((path, constant) -> patch.replaceConstant(
                Objects.requireNonNull(values.get(path), "the model has no '" + path + "'"), constant));
        patch.apply();
    }
}
