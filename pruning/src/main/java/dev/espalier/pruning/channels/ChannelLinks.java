package dev.espalier.pruning.channels;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the rules say of a graph's indices: which go together, which cannot go, and where they are summed
/// over. Whole axes that correspond index by index are one entry, however long they are; [ChannelPartition]
/// looks at single indices where it must.
final class ChannelLinks {
    /// Indices of one axis go with indices of another: all in order, or those that are listed, pair by pair.
    static final class Link {
        private final int a;
        private final int b;
        private final int @Nullable [] ofA;
        private final int @Nullable [] ofB;
        private final int op;

        /// @param ofA null for all in order
        Link(int a, int b, int @Nullable [] ofA, int @Nullable [] ofB, int op) {
            this.a = a;
            this.b = b;
            this.ofA = ofA;
            this.ofB = ofB;
            this.op = op;
        }

        int a() {
            return a;
        }

        int b() {
            return b;
        }

        int @Nullable [] ofA() {
            return ofA;
        }

        int @Nullable [] ofB() {
            return ofB;
        }

        int op() {
            return op;
        }
    }

    /// Indices cannot go: all of an axis, or one.
    record Freeze(int axis, int index, String reason, int op) {
        static final int ALL = -1;
    }

    /// As many indices must stay in each of so many equal blocks of an axis.
    record Quota(int axis, int blocks, int op) {}

    /// A sum over an axis of each of two tensors, or of one: an index that goes is as good as zero here.
    record Sum(Axis a, @Nullable Axis b, ChannelOp op) {}

    /// A reshaping takes axes apart and puts them together; of the digits that hang together so, one can lose
    /// indices.
    record Choice(ChannelTensor in, ChannelTensor out, List<Digits.Digit> digits, int op) {}

    private final ChannelOptions options;
    private final List<Link> links = new ArrayList<>();
    private final List<Freeze> freezes = new ArrayList<>();
    private final List<Quota> quotas = new ArrayList<>();
    private final List<Sum> sums = new ArrayList<>();
    private final List<Choice> choices = new ArrayList<>();
    private final List<ChannelOp> ops = new ArrayList<>();
    private final Set<Integer> mentioned = new HashSet<>();
    private final BitSet weights = new BitSet();
    private final BitSet heads = new BitSet();
    private final Map<ChannelOp, Set<ChannelTensor>> weightsOfOp = new HashMap<>();
    private boolean isAtBorders;
    private final List<Integer> groupsOfAxis = new ArrayList<>();

    ChannelLinks(ChannelOptions options) {
        this.options = options;
    }

    ChannelOptions options() {
        return options;
    }

    /// What follows is said of this node.
    void at(ChannelOp op) {
        ops.add(op);
        mentioned.clear();
    }

    /// What follows is said of no node.
    void atBorders() {
        isAtBorders = true;
    }

    private int op() {
        return isAtBorders ? -1 : ops.size() - 1;
    }

    /// Index i of one goes with index i of the other.
    void align(Axis a, Axis b) {
        requireSameSize(a, b, sizeOf(a) == sizeOf(b));
        mention(a);
        mention(b);
        if (sizeOf(a) > 1) {
            links.add(new Link(a.id(), b.id(), null, null, op()));
        }
    }

    private static void requireSameSize(Axis a, Axis b, boolean isSame) {
        if (!isSame) {
            throw new UnsupportedFormException(a + " has " + a.size() + " indices, " + b + " has " + b.size());
        }
    }

    /// The operator sums over both, pair by pair.
    void contract(ChannelOp op, Axis a, Axis b) {
        align(a, b);
        sums.add(new Sum(a, b, op));
    }

    /// The operator sums over it.
    void sum(ChannelOp op, Axis a) {
        mention(a);
        sums.add(new Sum(a, null, op));
    }

    /// Index `ofA[k]` goes with index `ofB[k]`.
    void tie(Axis a, int[] ofA, Axis b, int[] ofB) {
        mention(a);
        mention(b);
        links.add(new Link(a.id(), b.id(), ofA, ofB, op()));
    }

    /// Index i of `to` is index `source[i]` of `from`; made of nothing where that is -1.
    void move(Axis from, Axis to, int[] source) {
        boolean isWhole = sizeOf(from) == source.length && source.length == sizeOf(to);
        int count = 0;
        for (int i = 0; i < source.length; i++) {
            isWhole &= source[i] == i;
            count += source[i] >= 0 ? 1 : 0;
        }
        if (isWhole) {
            align(from, to);
            return;
        }
        int[] froms = new int[count];
        int[] tos = new int[count];
        for (int i = source.length - 1; i >= 0; i--) {
            if (source[i] >= 0) {
                count--;
                froms[count] = source[i];
                tos[count] = i;
            }
        }
        tie(from, froms, to, tos);
    }

    /// Nothing hinders its indices here.
    void free(Axis a) {
        mention(a);
    }

    void freeze(Axis a, String reason) {
        freeze(a, Freeze.ALL, reason);
    }

    /// @param index which one, or [Freeze#ALL]
    void freeze(Axis a, int index, String reason) {
        mention(a);
        freezes.add(new Freeze(a.id(), index, reason, op()));
    }

    void freezeAll(ChannelTensor tensor, String reason) {
        for (int axis = 0; axis < tensor.rank(); axis++) {
            freeze(tensor.axis(axis), reason);
        }
    }

    /// Freezes the axes of the node that nothing was said of.
    void freezeRest(ChannelOp op) {
        op.tensors().forEach(tensor -> {
            for (int axis = 0; axis < tensor.rank(); axis++) {
                if (!mentioned.contains(tensor.axis(axis).id())) {
                    freeze(tensor.axis(axis), "not a channel axis of");
                }
            }
        });
    }

    void quota(Axis a, int blocks) {
        quotas.add(new Quota(a.id(), blocks, op()));
    }

    /// Digits of which one can be chosen to lose indices.
    void choose(ChannelTensor in, ChannelTensor out, List<Digits.Digit> digits) {
        digits.forEach(digit -> {
            mention(in.axis(digit.inAxis()));
            mention(out.axis(digit.outAxis()));
        });
        choices.add(new Choice(in, out, List.copyOf(digits), op()));
    }

    /// The axis has the heads of an attention, one or several indices each.
    void heads(Axis a) {
        heads.set(a.id());
    }

    boolean hasHeads(int axis) {
        return heads.get(axis);
    }

    /// What an operator multiplies by: losing a slice of it is what pruning is for.
    void weight(ChannelTensor tensor) {
        if (tensor.isConstant()) {
            weightsOfOp.computeIfAbsent(ops.getLast(), op -> new HashSet<>()).add(tensor);
            for (int axis = 0; axis < tensor.rank(); axis++) {
                weights.set(tensor.axis(axis).id());
            }
        }
    }

    /// Each of `groups` blocks along axis 0 of a weight has columns of its own along this axis: its indices
    /// count through all blocks.
    void countThroughGroups(Axis a, int groups) {
        while (groupsOfAxis.size() <= a.id()) {
            groupsOfAxis.add(1);
        }
        groupsOfAxis.set(a.id(), groups);
    }

    /// In how many blocks the indices of an axis count on; 1 for all others.
    int groupsOf(Axis a) {
        return a.id() < groupsOfAxis.size() ? groupsOfAxis.get(a.id()) : 1;
    }

    long sizeOf(Axis a) {
        return a.size() * groupsOf(a);
    }

    private void mention(Axis a) {
        mentioned.add(a.id());
    }

    List<Link> links() {
        return links;
    }

    List<Freeze> freezes() {
        return freezes;
    }

    List<Quota> quotas() {
        return quotas;
    }

    List<Sum> sums() {
        return sums;
    }

    List<Choice> choices() {
        return choices;
    }

    /// Whether this node multiplies by it.
    boolean isWeightOf(ChannelOp op, ChannelTensor tensor) {
        return weightsOfOp.getOrDefault(op, Set.of()).contains(tensor);
    }

    boolean isWeight(int axis) {
        return weights.get(axis);
    }

    ChannelOp op(int number) {
        return ops.get(number);
    }
}
