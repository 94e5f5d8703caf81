package dev.espalier.pruning.channels;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// Copies the elements of a tensor whose indices stay.
final class Slicer {
    private static final int SHORT_RUN = 32;
    private static final int LONGEST_ROW = 1 << 20;
    private static final ValueLayout.OfInt ELEMENT = ValueLayout.JAVA_INT_UNALIGNED;

    private final DenseTensor from;
    private final int[] @Nullable [] kept;
    private final int groupedAxis;
    private final int groups;
    private final int width;
    private final DenseTensor to;
    /// For each axis, how many elements one index of the axis before it has.
    private final long[] runs;
    private int[] row = {};
    private int[] rest = {};
    private long written;

    private Slicer(DenseTensor from, int[] @Nullable [] kept, int groupedAxis, int groups) {
        this.from = from;
        this.kept = kept;
        this.groupedAxis = groupedAxis;
        this.groups = groups;
        this.width = from.type().bits() / 8;
        long[] dims = from.shape().dims();
        this.runs = new long[dims.length + 1];
        runs[dims.length] = 1;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            runs[axis] = runs[axis + 1] * dims[axis];
        }
        for (int axis = 0; axis < dims.length; axis++) {
            int[] some = kept[axis];
            if (some != null) {
                dims[axis] = axis == groupedAxis ? some.length / groups : some.length;
            }
        }
        this.to = DenseTensor.zeros(from.type(), Shape.of(dims));
    }

    /// @param kept for each axis the indices that stay; null for all
    static DenseTensor slice(DenseTensor from, int[] @Nullable [] kept) {
        return new Slicer(from, kept, -1, 1).slice();
    }

    /// The same of a weight of which each of `groups` blocks along axis 0 has indices of its own along
    /// `groupedAxis`, which count through the blocks.
    static DenseTensor sliceGroups(DenseTensor from, int[] @Nullable [] kept, int groupedAxis, int groups) {
        return new Slicer(from, kept, groupedAxis, groups).slice();
    }

    private DenseTensor slice() {
        int last = kept.length - 1;
        while (last >= 0 && kept[last] == null) {
            last--;
        }
        if (to.elementCount() > 0) {
            copy(0, last, 0);
        }
        return to;
    }

    /// @param at the element where the part of `from` begins that is copied from
    private void copy(int axis, int last, long at) {
        if (axis > last) {
            copyRun(at, runs[axis]);
            return;
        }
        long step = runs[axis + 1];
        int[] some = kept[axis];
        if (some == null) {
            for (long i = 0; i < from.shape().dim(axis); i++) {
                copy(axis + 1, last, at + i * step);
            }
            return;
        }
        long first = 0;
        long end = Long.MAX_VALUE;
        if (axis == groupedAxis) {
            // The row that this is part of tells the group.
            long rowSize = from.elementCount() / from.shape().dim(0);
            long group = at / rowSize / (from.shape().dim(0) / groups);
            first = group * from.shape().dim(axis);
            end = first + from.shape().dim(axis);
        }
        if (axis == last && width == Integer.BYTES && step <= SHORT_RUN && runs[axis] <= LONGEST_ROW) {
            copyRow(at, (int) runs[axis], some, first, end, (int) step);
            return;
        }
        for (int index : some) {
            if (index >= first && index < end) {
                copy(axis + 1, last, at + (index - first) * step);
            }
        }
    }

    /// Copies the columns of a convolution or single elements: there are millions, too short for a call each.
    private void copyRow(long at, int size, int[] some, long first, long end, int step) {
        if (row.length == 0) {
            row = new int[size];
            rest = new int[size];
        }
        MemorySegment.copy(from.data(), ELEMENT, at * width, row, 0, size);
        int count = 0;
        for (int index : some) {
            if (index >= first && index < end) {
                int start = (int) (index - first) * step;
                for (int i = 0; i < step; i++) {
                    rest[count++] = row[start + i];
                }
            }
        }
        MemorySegment.copy(rest, 0, to.data(), ELEMENT, written, count);
        written += (long) count * width;
    }

    /// Copies neighbours.
    private void copyRun(long at, long run) {
        MemorySegment.copy(from.data(), at * width, to.data(), written, run * width);
        written += run * width;
    }
}
