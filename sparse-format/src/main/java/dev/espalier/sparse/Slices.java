package dev.espalier.sparse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The elements with the same indices along some axes are a slice, which stays or becomes zero as a whole: a filter or
/// an input channel of a convolution, one of its kernels, a row or a column of a matrix (PyTorch's `ln_structured` and
/// `random_structured`, whose `dim` is the one axis).
///
/// @param pooling what a slice is judged by
/// @param axes of the tensor as it is stored, whose sizes multiply to its elements
public record Slices(Pooling pooling, List<Axis> axes) implements SparsityPattern, Wholes.Division {
    /// An axis of the tensor, or several that follow each other.
    ///
    /// @param size how many indices it has
    /// @param isOfSlices whether each index has slices of its own
    public record Axis(long size, boolean isOfSlices) {
        /// Those of a tensor whose slices lie along one of them.
        public static List<Axis> along(Shape shape, int axis) {
            return IntStream.range(0, shape.rank())
                    .mapToObj(i -> new Axis(shape.dim(i), i == axis))
                    .toList();
        }

        /// Reads `64*` or `9`.
        static Axis parse(String text) {
            boolean isOfSlices = text.endsWith("*");
            String size = isOfSlices ? text.substring(0, text.length() - 1) : text;
            return new Axis(Long.parseLong(size), isOfSlices);
        }

        @Override
        public String toString() {
            return isOfSlices ? size + "*" : Long.toString(size);
        }
    }

    /// @throws IllegalArgumentException if the sizes are no shape
    public Slices {
        axes = List.copyOf(axes);
        shape(axes);
    }

    /// Reads `64*x32x9`; what the slices are judged by is not written.
    ///
    /// @throws IllegalArgumentException if it is something else
    static Slices parse(String text) {
        return new Slices(
                Pooling.L2, Arrays.stream(text.split("x", -1)).map(Axis::parse).toList());
    }

    private static Shape shape(List<Axis> axes) {
        return Shape.of(axes.stream().mapToLong(Axis::size).toArray());
    }

    /// Number of slices.
    @Override
    public long unitCount() {
        return product(true);
    }

    @Override
    public long sizeOf(long slice) {
        return product(false);
    }

    private long product(boolean isOfSlices) {
        long product = 1;
        for (Axis axis : axes) {
            product *= axis.isOfSlices == isOfSlices ? axis.size : 1;
        }
        return product;
    }

    @Override
    public long firstOf(long slice) {
        long left = slice;
        long first = 0;
        long stride = 1;
        for (Axis axis : axes.reversed()) {
            if (axis.isOfSlices) {
                first += left % axis.size * stride;
                left /= axis.size;
            }
            stride *= axis.size;
        }
        return first;
    }

    @Override
    public void read(long from, int count, long[] out) {
        List<Axis> merged = merged();
        long inner = merged.isEmpty() ? 1 : merged.getLast().size;
        int step = merged.isEmpty() || !merged.getLast().isOfSlices ? 0 : 1;
        int i = 0;
        while (i < count) {
            long at = from + i;
            long slice = unitOf(at, merged);
            int end = (int) Math.min(count, i + inner - at % inner);
            for (; i < end; i++) {
                out[i] = slice;
                slice += step;
            }
        }
    }

    /// The fewest axes with the same slices: elements of one run are found together.
    private List<Axis> merged() {
        List<Axis> merged = new ArrayList<>();
        for (Axis axis : axes) {
            boolean isMore = !merged.isEmpty() && merged.getLast().isOfSlices == axis.isOfSlices;
            if (isMore) {
                merged.add(new Axis(merged.removeLast().size * axis.size, axis.isOfSlices));
            } else if (axis.size != 1) {
                merged.add(axis);
            }
        }
        return merged;
    }

    @Override
    public long unitOf(long element) {
        return unitOf(element, axes);
    }

    private static long unitOf(long element, List<Axis> axes) {
        long left = element;
        long slice = 0;
        long stride = 1;
        for (int i = axes.size() - 1; i >= 0; i--) {
            Axis axis = axes.get(i);
            if (axis.isOfSlices) {
                slice += left % axis.size * stride;
                stride *= axis.size;
            }
            left /= axis.size;
        }
        return slice;
    }

    @Override
    public Scores units(Scores elements) {
        return Wholes.pool(this, pooling, elements);
    }

    @Override
    public Mask select(Shape shape, Scores elements, Scores units, Cut cut) {
        return Wholes.select(this, shape, elements, units, cut);
    }

    /// Slices with zeros and other elements.
    @Override
    public Violations violations(Mask nonZeros) {
        return Wholes.violations(this, nonZeros);
    }

    @Override
    public Mask cover(Mask nonZeros) {
        return Wholes.cover(this, nonZeros);
    }

    @Override
    public boolean fits(Shape shape) {
        return shape(axes).elementCount() == shape.elementCount();
    }

    /// `slices@64*x32x9`: the slices are those along the axis of 64.
    @Override
    public String toString() {
        return "slices@" + axes.stream().map(Axis::toString).collect(Collectors.joining("x"));
    }
}
