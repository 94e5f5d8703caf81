package dev.espalier.pruning.channels;

import dev.espalier.pruning.channels.ChannelLinks.Choice;
import dev.espalier.pruning.channels.ChannelLinks.Freeze;
import dev.espalier.pruning.channels.ChannelLinks.Link;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The classes of indices that live and die together: union-find in two levels. Axes that correspond index by
/// index are one *space*; only the indices of spaces that are not frozen as a whole are looked at one by one,
/// so that memory goes with the number of different channels, not with the sizes of tensors.
final class ChannelPartition {
    /// The class of everything that cannot go.
    static final int FROZEN = -1;

    private final ChannelLinks links;
    private final int[] spaceOfAxis;
    private final List<int[]> axesOfSpace = new ArrayList<>();
    private final long[] baseOfSpace;
    private final long[] sizeOfSpace;
    private final int[] parent;
    private final int[] classOfAtom;
    private final List<Link> extra = new ArrayList<>();
    private final List<Freeze> extraFreezes = new ArrayList<>();
    private int classes;

    /// @param sizes of all axes
    /// @param chosen for each choice which digit may lose indices; null for none, -1 where it is still open
    ChannelPartition(ChannelLinks links, long[] sizes, int @Nullable [] chosen) {
        this.links = links;
        if (chosen != null) {
            for (int i = 0; i < chosen.length; i++) {
                choose(links.choices().get(i), chosen[i]);
            }
        }
        this.spaceOfAxis = spaces(sizes.length);
        this.sizeOfSpace = new long[axesOfSpace.size()];
        this.baseOfSpace = new long[axesOfSpace.size()];
        BitSet frozen = frozenSpaces();
        long atoms = 1;
        for (int space = 0; space < sizeOfSpace.length; space++) {
            sizeOfSpace[space] = sizes[axesOfSpace.get(space)[0]];
            baseOfSpace[space] = frozen.get(space) ? -1 : atoms;
            atoms += frozen.get(space) ? 0 : sizeOfSpace[space];
        }
        this.parent = new int[Math.toIntExact(atoms)];
        Arrays.setAll(parent, i -> i);
        allLinks().forEach(this::unite);
        allFreezes().forEach(this::mark);
        this.classOfAtom = number();
    }

    /// Ties the slabs of the chosen digit, and freezes the axes of all others. Where none can be chosen, each
    /// has a frozen axis, and what it is tied to is frozen by that.
    private void choose(Choice choice, int which) {
        for (int i = 0; i < choice.digits().size(); i++) {
            Digits.Digit digit = choice.digits().get(i);
            Axis in = choice.in().axis(digit.inAxis());
            Axis out = choice.out().axis(digit.outAxis());
            if (i == which || which < 0) {
                tieSlabs(in, digit.inStride(), out, digit.outStride(), digit, choice.op());
                continue;
            }
            boolean isInChosen = choice.digits().get(which).inAxis() == digit.inAxis();
            boolean isOutChosen = choice.digits().get(which).outAxis() == digit.outAxis();
            String reason = "another part of the axis is pruned by";
            if (!isInChosen) {
                extraFreezes.add(new Freeze(in.id(), Freeze.ALL, reason, choice.op()));
            }
            if (!isOutChosen) {
                extraFreezes.add(new Freeze(out.id(), Freeze.ALL, reason, choice.op()));
            }
        }
    }

    /// All indices of either axis in which the digit has the same value go together.
    private void tieSlabs(Axis in, long inStride, Axis out, long outStride, Digits.Digit digit, int op) {
        extra.add(slabs(in, inStride, out, outStride, digit.size(), op));
        extra.add(slabs(out, outStride, in, inStride, digit.size(), op));
    }

    private static Link slabs(Axis a, long aStride, Axis b, long bStride, long size, int op) {
        int[] ofA = new int[Math.toIntExact(a.size())];
        int[] ofB = new int[ofA.length];
        for (int i = 0; i < ofA.length; i++) {
            ofA[i] = i;
            ofB[i] = Math.toIntExact(i / aStride % size * bStride);
        }
        return new Link(a.id(), b.id(), ofA, ofB, op);
    }

    private int[] spaces(int axes) {
        int[] root = new int[axes];
        Arrays.setAll(root, i -> i);
        for (Link link : links.links()) {
            if (link.ofA() == null) {
                root[find(root, link.a())] = find(root, link.b());
            }
        }
        int[] count = new int[axes];
        for (int axis = 0; axis < axes; axis++) {
            count[find(root, axis)]++;
        }
        int[] space = new int[axes];
        int[] filled = new int[axes];
        int[] number = new int[axes];
        for (int axis = 0; axis < axes; axis++) {
            int top = find(root, axis);
            if (filled[top] == 0) {
                number[top] = axesOfSpace.size();
                axesOfSpace.add(new int[count[top]]);
            }
            space[axis] = number[top];
            axesOfSpace.get(number[top])[filled[top]++] = axis;
        }
        return space;
    }

    private BitSet frozenSpaces() {
        BitSet frozen = new BitSet();
        for (Freeze freeze : allFreezes()) {
            if (freeze.index() == Freeze.ALL) {
                frozen.set(spaceOfAxis[freeze.axis()]);
            }
        }
        return frozen;
    }

    private List<Freeze> allFreezes() {
        List<Freeze> all = new ArrayList<>(links.freezes());
        all.addAll(extraFreezes);
        return all;
    }

    /// Every link, those of the chosen digits included.
    List<Link> allLinks() {
        List<Link> all = new ArrayList<>(links.links());
        all.addAll(extra);
        return all;
    }

    /// Every freeze, those of the digits that were not chosen included.
    List<Freeze> freezes() {
        return allFreezes();
    }

    private void unite(Link link) {
        int[] ofA = link.ofA();
        int[] ofB = link.ofB();
        if (ofA == null || ofB == null) {
            return;
        }
        for (int i = 0; i < ofA.length; i++) {
            int a = find(parent, atom(link.a(), ofA[i]));
            int b = find(parent, atom(link.b(), ofB[i]));
            // The smaller one stays on top, so that everything frozen ends at atom 0.
            parent[Math.max(a, b)] = Math.min(a, b);
        }
    }

    private void mark(Freeze freeze) {
        if (freeze.index() != Freeze.ALL) {
            int a = find(parent, atom(freeze.axis(), freeze.index()));
            parent[a] = 0;
        }
    }

    private static int find(int[] parent, int start) {
        int atom = start;
        while (parent[atom] != atom) {
            parent[atom] = parent[parent[atom]];
            atom = parent[atom];
        }
        return atom;
    }

    private int atom(int axis, int index) {
        long base = baseOfSpace[spaceOfAxis[axis]];
        return base < 0 ? 0 : (int) (base + index);
    }

    private int[] number() {
        int[] numbers = new int[parent.length];
        int[] ofRoot = new int[parent.length];
        Arrays.fill(ofRoot, FROZEN);
        for (int atom = 0; atom < parent.length; atom++) {
            int root = find(parent, atom);
            if (root == 0) {
                numbers[atom] = FROZEN;
                continue;
            }
            if (ofRoot[root] < 0) {
                ofRoot[root] = classes++;
            }
            numbers[atom] = ofRoot[root];
        }
        return numbers;
    }

    /// How many classes there are that nothing freezes.
    int classCount() {
        return classes;
    }

    /// The class of an index, or [#FROZEN].
    int classOf(int axis, int index) {
        return classOfAtom[atom(axis, index)];
    }

    /// Whether no index of it can go.
    boolean isFrozen(int axis) {
        int space = spaceOfAxis[axis];
        if (baseOfSpace[space] < 0) {
            return true;
        }
        for (int i = 0; i < sizeOfSpace[space]; i++) {
            if (classOf(axis, i) != FROZEN) {
                return false;
            }
        }
        return true;
    }

    int spaceCount() {
        return axesOfSpace.size();
    }

    int spaceOf(int axis) {
        return spaceOfAxis[axis];
    }

    int[] axesOf(int space) {
        return axesOfSpace.get(space);
    }

    /// Number of indices of a space; 0 if it is frozen as a whole.
    int liveSize(int space) {
        return baseOfSpace[space] < 0 ? 0 : (int) sizeOfSpace[space];
    }
}
