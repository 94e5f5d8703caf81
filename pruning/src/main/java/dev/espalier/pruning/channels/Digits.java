package dev.espalier.pruning.channels;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Follows the axes of a tensor through reshaping and transposing. An index along an axis is a number in
/// mixed radix; reshaping takes numbers apart and puts them together, digit by digit, and transposing moves
/// them. Axes of size 1 have no digits.
final class Digits {
    /// A digit that stays in one piece.
    ///
    /// @param size how many values it has
    /// @param inAxis the axis of the input whose index it is part of
    /// @param inStride what one step of it adds to that index
    /// @param outAxis the same of the output; -1 while it is followed
    /// @param outStride the same of the output
    record Digit(long size, int inAxis, long inStride, int outAxis, long outStride) {
        Digit to(int axis, long stride) {
            return new Digit(size, inAxis, inStride, axis, stride);
        }
    }

    private List<List<Digit>> axes = new ArrayList<>();
    private final Set<Integer> brokenIn = new HashSet<>();
    private Set<Integer> brokenOut = new HashSet<>();

    private Digits(long[] sizes) {
        for (int axis = 0; axis < sizes.length; axis++) {
            axes.add(sizes[axis] == 1 ? List.of() : List.of(new Digit(sizes[axis], axis, 1, -1, 0)));
        }
    }

    static Digits of(long[] sizes) {
        return new Digits(sizes);
    }

    Digits transpose(int[] order) {
        List<List<Digit>> moved = new ArrayList<>();
        Set<Integer> broken = new HashSet<>();
        for (int axis = 0; axis < order.length; axis++) {
            moved.add(axes.get(order[axis]));
            if (brokenOut.contains(order[axis])) {
                broken.add(axis);
            }
        }
        axes = moved;
        brokenOut = broken;
        return this;
    }

    /// Cuts old and new axes into the shortest runs of equal size, and each run into digits.
    Digits reshape(long[] sizes) {
        List<List<Digit>> after = new ArrayList<>();
        Set<Integer> broken = new HashSet<>();
        int old = 0;
        int axis = 0;
        while (axis < sizes.length) {
            int firstOld = old;
            int firstNew = axis;
            long left = 1;
            long right = sizes[axis++];
            while (left != right) {
                if (left < right && old < axes.size()) {
                    left *= sizeOf(old++);
                } else if (right < left && axis < sizes.length) {
                    right *= sizes[axis++];
                } else {
                    throw new UnsupportedFormException("it does not keep the number of elements");
                }
            }
            while (old < axes.size() && sizeOf(old) == 1) {
                old++;
            }
            cutRun(firstOld, old, sizes, firstNew, axis, after, broken);
        }
        axes = after;
        brokenOut = broken;
        return this;
    }

    private long sizeOf(int axis) {
        return axes.get(axis).stream().mapToLong(Digit::size).reduce(1, (a, b) -> a * b);
    }

    private void cutRun(
            int firstOld,
            int endOld,
            long[] sizes,
            int firstNew,
            int endNew,
            List<List<Digit>> after,
            Set<Integer> broken) {
        List<Digit> left = new ArrayList<>();
        boolean isBroken = false;
        for (int axis = firstOld; axis < endOld; axis++) {
            left.addAll(axes.get(axis));
            isBroken |= brokenOut.contains(axis);
        }
        List<Digit> all = List.copyOf(left);
        List<List<Digit>> cut = new ArrayList<>();
        for (int axis = firstNew; axis < endNew && !isBroken; axis++) {
            List<Digit> taken = take(left, sizes[axis]);
            isBroken = taken.isEmpty() && sizes[axis] != 1;
            cut.add(taken);
        }
        if (!isBroken) {
            after.addAll(cut);
            return;
        }
        all.forEach(digit -> brokenIn.add(digit.inAxis));
        for (int axis = firstNew; axis < endNew; axis++) {
            broken.add(axis);
            // Its size must not be lost: a later reshaping cuts by it.
            after.add(sizes[axis] == 1 ? List.of() : List.of(new Digit(sizes[axis], all.getFirst().inAxis, 0, -1, 0)));
        }
    }

    /// Takes digits of this size off the front, the last one perhaps only in part; none if they do not add
    /// up.
    private static List<Digit> take(List<Digit> from, long size) {
        List<Digit> taken = new ArrayList<>();
        long need = size;
        while (need > 1) {
            Digit first = from.removeFirst();
            if (need % first.size == 0) {
                taken.add(first);
                need /= first.size;
            } else if (first.size % need == 0) {
                long rest = first.size / need;
                taken.add(new Digit(need, first.inAxis, first.inStride * rest, -1, 0));
                from.addFirst(new Digit(rest, first.inAxis, first.inStride, -1, 0));
                need = 1;
            } else {
                return List.of();
            }
        }
        return taken;
    }

    /// The digits with their places in the output, the outer ones first, neighbours that stay neighbours in
    /// one.
    List<Digit> digits() {
        List<Digit> all = new ArrayList<>();
        for (int axis = 0; axis < axes.size(); axis++) {
            if (brokenOut.contains(axis)) {
                continue;
            }
            long stride = 1;
            List<Digit> merged = merge(axes.get(axis));
            int first = all.size();
            for (Digit digit : merged.reversed()) {
                all.add(first, digit.to(axis, stride));
                stride *= digit.size;
            }
        }
        return all;
    }

    private static List<Digit> merge(List<Digit> digits) {
        List<Digit> merged = new ArrayList<>();
        for (Digit digit : digits) {
            Digit last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && last.inAxis == digit.inAxis && last.inStride == digit.inStride * digit.size) {
                merged.set(merged.size() - 1, new Digit(last.size * digit.size, digit.inAxis, digit.inStride, -1, 0));
            } else {
                merged.add(digit);
            }
        }
        return merged;
    }

    /// Axes of the input that are cut across.
    Set<Integer> brokenIn() {
        return brokenIn;
    }

    /// Axes of the output that are cut across.
    Set<Integer> brokenOut() {
        return brokenOut;
    }
}
