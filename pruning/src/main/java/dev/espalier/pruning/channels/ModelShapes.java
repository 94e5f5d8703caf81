package dev.espalier.pruning.channels;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Dimension;
import dev.espalier.onnx.Value;
import dev.espalier.onnx.ValueType;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The sizes of a model's values and the elements of its small integer tensors, as far as the file declares
/// them or runs have shown them.
final class ModelShapes {
    private static final int MOST_INTEGERS = 1 << 20;

    /// Sizes that stand for the names of open dimensions: large primes, which no reshaping takes for anything
    /// else.
    private static final long[] PRIMES = {10_007, 10_009, 10_037, 10_039, 10_061, 10_067, 10_069, 10_079};

    /// Sizes of a value, as one run showed them and as another did; the same where there was none.
    static final class Sizes {
        private final long[] sizes;
        private final long[] others;

        Sizes(long[] sizes, long[] others) {
            this.sizes = sizes;
            this.others = others;
        }

        long[] sizes() {
            return sizes;
        }

        long[] others() {
            return others;
        }

        int rank() {
            return sizes.length;
        }

        boolean isFixed(int axis) {
            return sizes[axis] == others[axis];
        }
    }

    private final List<Map<String, ShapeProbe.Sighting>> runs;
    private final Origins origins;
    private final Map<String, Long> sizeOfName = new HashMap<>();

    ModelShapes(List<Map<String, ShapeProbe.Sighting>> runs, Origins origins) {
        this.runs = runs;
        this.origins = origins;
    }

    /// Whether the sizes that a value is computed from follow from those of the model's inputs, so that its elements
    /// are what runs have shown wherever these agree.
    boolean isOfFixedSize(Value value) {
        return origins.isOfFixedSize(value);
    }

    /// The sizes of a value; none if nothing tells them.
    Optional<Sizes> of(Value value) {
        Constant constant = value.constant().orElse(null);
        if (constant != null) {
            long[] dims = constant.shape().dims();
            return Optional.of(new Sizes(dims, dims));
        }
        if (!runs.isEmpty()) {
            ShapeProbe.Sighting first = runs.getFirst().get(value.path());
            ShapeProbe.Sighting last = runs.getLast().get(value.path());
            if (first != null && last != null && first.shape().length == last.shape().length) {
                return Optional.of(new Sizes(first.shape(), last.shape()));
            }
        }
        return declared(value);
    }

    private Optional<Sizes> declared(Value value) {
        if (!(value.type() instanceof ValueType.Tensor(ElementType element, List<Dimension> dims)) || dims == null) {
            return Optional.empty();
        }
        long[] sizes = new long[dims.size()];
        long[] others = new long[dims.size()];
        for (int axis = 0; axis < sizes.length; axis++) {
            switch (dims.get(axis)) {
                case Dimension.Known(long size) -> {
                    sizes[axis] = size;
                    others[axis] = size;
                }
                case Dimension.Named(String name) -> {
                    sizes[axis] = sizeOfName.computeIfAbsent(name, n -> PRIMES[sizeOfName.size() % PRIMES.length]);
                    others[axis] = sizes[axis] + 1;
                }
                case Dimension.Unknown() -> {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(new Sizes(sizes, others));
    }

    /// The type of a value's elements; f32 if nothing tells it.
    ElementType type(Value value) {
        if (value.constant().isPresent()) {
            return value.constant().get().type();
        }
        ShapeProbe.Sighting sighting = runs.isEmpty() ? null : runs.getFirst().get(value.path());
        if (sighting != null) {
            return sighting.type();
        }
        return value.type() instanceof ValueType.Tensor(ElementType element, List<Dimension> dims)
                ? element
                : ElementType.F32;
    }

    /// The elements of an integer tensor that are the same whatever the inputs; null for those that are not.
    Optional<@Nullable Long[]> integers(Value value) {
        Constant constant = value.constant().orElse(null);
        if (constant != null) {
            return integers(constant).map(all -> Arrays.stream(all).boxed().toArray(Long[]::new));
        }
        // One run, or two that are alike by chance, do not tell what is chosen at run time from what is fixed.
        if (runs.isEmpty() || !origins.isOfSizes(value)) {
            return Optional.empty();
        }
        ShapeProbe.Sighting first = runs.getFirst().get(value.path());
        ShapeProbe.Sighting last = runs.getLast().get(value.path());
        if (first == null || last == null || first.integers() == null || last.integers() == null) {
            return Optional.empty();
        }
        if (first.integers().length != last.integers().length) {
            return Optional.empty();
        }
        @Nullable Long[] all = new Long[first.integers().length];
        for (int i = 0; i < all.length; i++) {
            all[i] = first.integers()[i] == last.integers()[i] ? (Long) first.integers()[i] : null;
        }
        return Optional.of(all);
    }

    /// For each index of an axis the number that every run showed at all places with that index; NaN where they
    /// were not all the same. Nothing if no run looked, or the sizes of the axis differ.
    Optional<double[]> uniform(Value value, int axis) {
        double[] all = null;
        for (Map<String, ShapeProbe.Sighting> run : runs) {
            ShapeProbe.Sighting sighting = run.get(value.path());
            double @Nullable [][] seen = sighting == null ? null : sighting.uniform();
            double[] some = seen == null || axis >= seen.length ? null : seen[axis];
            if (some == null || (all != null && all.length != some.length)) {
                return Optional.empty();
            }
            all = all == null ? some.clone() : all;
            for (int i = 0; i < all.length; i++) {
                all[i] = all[i] == some[i] ? all[i] : Double.NaN;
            }
        }
        return Optional.ofNullable(all);
    }

    private static Optional<long[]> integers(Constant constant) {
        boolean isInteger = constant.type() == ElementType.I64 || constant.type() == ElementType.I32;
        if (!isInteger || constant.shape().elementCount() > MOST_INTEGERS) {
            return Optional.empty();
        }
        DenseTensor tensor = constant.decode();
        long[] all = new long[(int) tensor.elementCount()];
        tensor.readBits(0, all.length, all);
        if (constant.type() == ElementType.I32) {
            for (int i = 0; i < all.length; i++) {
                all[i] = (int) all[i];
            }
        }
        return Optional.of(all);
    }
}
