package dev.espalier.pruning.channels;

import dev.espalier.pruning.channels.ChannelLinks.Choice;
import dev.espalier.pruning.channels.ChannelLinks.Freeze;
import dev.espalier.pruning.channels.ChannelOptions.Attention;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Decides which digit of each reshaping may lose indices: of attention, whole heads or the same places of
/// every head. Reshapings whose axes hang together decide alike; of the outermost digit, the next, and so on,
/// the one that makes most of the weights removable, of equal ones the outer.
final class DigitChoice {
    private final ChannelGraph graph;
    private final ChannelLinks links;
    private final long[] sizes;
    private final List<List<Integer>> candidates = new ArrayList<>();
    private final int[] root;
    private final int[] component;

    private DigitChoice(ChannelGraph graph) {
        this.graph = graph;
        this.links = graph.links();
        this.sizes = graph.sizes();
        ChannelPartition open = new ChannelPartition(links, sizes, null);
        for (Choice choice : links.choices()) {
            candidates.add(candidates(choice, open));
        }
        this.root = new int[sizes.length];
        this.component = components();
    }

    static ChannelPartition resolve(ChannelGraph graph) {
        return new DigitChoice(graph).resolve();
    }

    /// The digits that nothing else hinders.
    private static List<Integer> candidates(Choice choice, ChannelPartition open) {
        List<Integer> free = new ArrayList<>();
        for (int i = 0; i < choice.digits().size(); i++) {
            Digits.Digit digit = choice.digits().get(i);
            boolean isFrozen = open.isFrozen(choice.in().axis(digit.inAxis()).id())
                    || open.isFrozen(choice.out().axis(digit.outAxis()).id());
            if (!isFrozen) {
                free.add(i);
            }
        }
        return free;
    }

    /// Choices that are connected by axes of which some index may go.
    private int[] components() {
        Arrays.setAll(root, i -> i);
        boolean[] blocked = new boolean[sizes.length];
        for (Freeze freeze : links.freezes()) {
            blocked[freeze.axis()] |= freeze.index() == Freeze.ALL;
        }
        links.links().forEach(link -> {
            if (!blocked[link.a()] && !blocked[link.b()]) {
                unite(root, link.a(), link.b());
            }
        });
        for (Choice choice : links.choices()) {
            for (Digits.Digit digit : choice.digits()) {
                int in = choice.in().axis(digit.inAxis()).id();
                int out = choice.out().axis(digit.outAxis()).id();
                if (!blocked[in] && !blocked[out]) {
                    unite(root, in, out);
                }
            }
        }
        return links.choices().stream()
                .mapToInt(choice -> {
                    Digits.Digit widest = choice.digits().getFirst();
                    for (Digits.Digit digit : choice.digits()) {
                        widest = blocked[choice.in().axis(widest.inAxis()).id()] ? digit : widest;
                    }
                    return find(root, choice.in().axis(widest.inAxis()).id());
                })
                .toArray();
    }

    private static void unite(int[] root, int a, int b) {
        root[find(root, a)] = find(root, b);
    }

    private static int find(int[] root, int start) {
        int axis = start;
        while (root[axis] != axis) {
            root[axis] = root[root[axis]];
            axis = root[axis];
        }
        return axis;
    }

    private ChannelPartition resolve() {
        if (links.choices().isEmpty()) {
            return new ChannelPartition(links, sizes, null);
        }
        int rounds = candidates.stream().mapToInt(List::size).max().orElse(0);
        int[] best = chosen(0);
        BitSet attention = attention();
        long[] gains = gains(best);
        for (int round = 1; round < rounds; round++) {
            int[] other = chosen(round);
            long[] otherGains = gains(other);
            for (int i = 0; i < best.length; i++) {
                boolean isBetter = attention.get(component[i])
                        ? links.options().attention() == Attention.SIZE
                        : otherGains[component[i]] > gains[component[i]];
                if (isBetter) {
                    best[i] = other[i];
                }
            }
            for (int i = 0; i < gains.length; i++) {
                gains[i] = Math.max(gains[i], otherGains[i]);
            }
        }
        return new ChannelPartition(links, sizes, best);
    }

    /// The components with heads of an attention, if it was said which part of these may lose indices.
    private BitSet attention() {
        BitSet attention = new BitSet();
        boolean isSaid = links.options().attention() != Attention.AUTO;
        for (int axis = 0; axis < sizes.length && isSaid; axis++) {
            if (links.hasHeads(axis)) {
                attention.set(find(root, axis));
            }
        }
        return attention;
    }

    /// The digit of this rank among those that can be chosen, or the last; -1 if there is none.
    private int[] chosen(int round) {
        return candidates.stream()
                .mapToInt(free -> free.isEmpty() ? -1 : free.get(Math.min(round, free.size() - 1)))
                .toArray();
    }

    /// How many elements of weights the classes that occur in each component's axes could free.
    private long[] gains(int[] chosen) {
        ChannelPartition partition = new ChannelPartition(links, sizes, chosen);
        long[] gains = new long[sizes.length];
        for (int i = 0; i < chosen.length; i++) {
            Choice choice = links.choices().get(i);
            gains[component[i]] += choice.digits().stream()
                    .mapToLong(digit -> gain(choice.in().axis(digit.inAxis()), partition)
                            + gain(choice.out().axis(digit.outAxis()), partition))
                    .sum();
        }
        return gains;
    }

    private long gain(Axis axis, ChannelPartition partition) {
        if (partition.isFrozen(axis.id())) {
            return 0;
        }
        long live = 0;
        for (int i = 0; i < axis.size(); i++) {
            live += partition.classOf(axis.id(), i) == ChannelPartition.FROZEN ? 0 : 1;
        }
        long elements = 0;
        for (ChannelTensor tensor : weightsOf(partition.spaceOf(axis.id()), partition)) {
            elements += Arrays.stream(tensor.sizes().sizes()).reduce(1, (a, b) -> a * b) / axis.size() * live;
        }
        return elements;
    }

    private List<ChannelTensor> weightsOf(int space, ChannelPartition partition) {
        List<ChannelTensor> weights = new ArrayList<>();
        for (int axis : partition.axesOf(space)) {
            if (links.isWeight(axis)) {
                weights.add(graph.tensorOf(axis));
            }
        }
        return weights;
    }
}
