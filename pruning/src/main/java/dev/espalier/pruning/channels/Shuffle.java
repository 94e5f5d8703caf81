package dev.espalier.pruning.channels;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// A reshape, a transpose and a reshape that together only permute the indices of one axis, as channel
/// shuffles do. Seen as three nodes they would tie most channels together; seen as one, every channel is
/// free, and where some go a Gather takes their place.
final class Shuffle {
    private final ChannelOp first;
    private final ChannelOp turn;
    private final ChannelOp last;
    private final int axis;

    private Shuffle(ChannelOp first, ChannelOp turn, ChannelOp last, int axis) {
        this.first = first;
        this.turn = turn;
        this.last = last;
        this.axis = axis;
    }

    /// All shuffles of a graph, by each of their nodes.
    static Map<Node, Shuffle> in(Map<Node, ChannelOp> ops) {
        Map<Node, Shuffle> found = new HashMap<>();
        for (ChannelOp op : ops.values()) {
            startingAt(op, ops).ifPresent(shuffle -> {
                found.put(shuffle.first.node(), shuffle);
                found.put(shuffle.turn.node(), shuffle);
                found.put(shuffle.last.node(), shuffle);
            });
        }
        return found;
    }

    private static Optional<Shuffle> startingAt(ChannelOp first, Map<Node, ChannelOp> ops) {
        if (!first.node().isOperator("Reshape") || first.unknown().isPresent()) {
            return Optional.empty();
        }
        ChannelOp turn = onlyReader(first, "Transpose", ops).orElse(null);
        ChannelOp last = turn == null ? null : onlyReader(turn, "Reshape", ops).orElse(null);
        if (turn == null
                || last == null
                || turn.unknown().isPresent()
                || last.unknown().isPresent()) {
            return Optional.empty();
        }
        boolean isSame =
                Arrays.equals(first.in(0).sizes().sizes(), last.out(0).sizes().sizes());
        if (!isSame || Arrays.stream(first.in(0).sizes().sizes()).anyMatch(size -> size == 0)) {
            return Optional.empty();
        }
        return permutedAxis(way(first, turn, last, tensor -> tensor.sizes().sizes()))
                .map(axis -> new Shuffle(first, turn, last, axis));
    }

    private static Optional<ChannelOp> onlyReader(ChannelOp op, String operator, Map<Node, ChannelOp> ops) {
        Value output = op.node().output(0).orElse(null);
        if (output == null || output.isOutput() || output.uses().size() != 1) {
            return Optional.empty();
        }
        Use use = output.uses().iterator().next();
        return use.index() == 0 && use.node().isOperator(operator)
                ? Optional.ofNullable(ops.get(use.node()))
                : Optional.empty();
    }

    private static Digits way(ChannelOp first, ChannelOp turn, ChannelOp last, Function<ChannelTensor, long[]> sizes) {
        return Digits.of(sizes.apply(first.in(0)))
                .reshape(sizes.apply(first.out(0)))
                .transpose(TransposeRule.order(turn))
                .reshape(sizes.apply(last.out(0)));
    }

    /// The one axis with several digits, if every digit stays on its axis.
    private static Optional<Integer> permutedAxis(Digits digits) {
        Set<Integer> seen = new HashSet<>();
        Set<Integer> several = new HashSet<>();
        for (Digits.Digit digit : digits.digits()) {
            if (digit.inAxis() != digit.outAxis()) {
                return Optional.empty();
            }
            if (!seen.add(digit.inAxis())) {
                several.add(digit.inAxis());
            }
        }
        boolean isOne = several.size() == 1 && digits.brokenIn().isEmpty();
        return isOne ? Optional.of(several.iterator().next()) : Optional.empty();
    }

    boolean endsAt(ChannelOp op) {
        return op == last;
    }

    void link(ChannelLinks links) {
        MovedAxes.link(first.in(0), last.out(0), sizes -> way(first, turn, last, sizes), links);
    }

    /// Takes what stays in its new order. The three nodes are left unread.
    void rewrite(ChannelCut cut) {
        ChannelTensor in = first.in(0);
        ChannelTensor out = last.out(0);
        Value read = cut.patch().inputOf(first.node(), 0).orElseThrow();
        int[] place = new int[Math.toIntExact(in.size(axis))];
        int[] keptIn = cut.kept(in.axis(axis));
        for (int i = 0; i < keptIn.length; i++) {
            place[keptIn[i]] = i;
        }
        int[] source = source();
        long[] indices = Arrays.stream(cut.kept(out.axis(axis)))
                .mapToLong(index -> place[source[index]])
                .toArray();
        Value operand = cut.patch()
                .addInitializer(
                        last.node().graph(),
                        out.value().name() + "_order",
                        ChannelCut.integers(ElementType.I64, Shape.of(indices.length), indices));
        cut.insertAfter(
                last.node(), out.value(), "Gather", List.of(read, operand), List.of(new Attribute.Int("axis", axis)));
    }

    /// For each index of the output's axis that of the input.
    private int[] source() {
        List<Digits.Digit> digits =
                way(first, turn, last, tensor -> tensor.sizes().sizes()).digits();
        int[] source = new int[Math.toIntExact(first.in(0).size(axis))];
        for (int index = 0; index < source.length; index++) {
            for (Digits.Digit digit : digits) {
                if (digit.inAxis() == axis) {
                    source[index] += (int) (index / digit.outStride() % digit.size() * digit.inStride());
                }
            }
        }
        return source;
    }
}
