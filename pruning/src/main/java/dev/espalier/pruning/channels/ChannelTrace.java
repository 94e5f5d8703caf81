package dev.espalier.pruning.channels;

import dev.espalier.pruning.channels.ChannelLinks.Freeze;
import dev.espalier.pruning.channels.ChannelLinks.Link;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The way from an index to what freezes it: the shortest chain of nodes.
final class ChannelTrace {
    /// What freezes an index.
    ///
    /// @param reason a clause, with the node that says so
    /// @param steps the tensors on the way, from the one that was asked for, each with the node that leads to
    ///     it
    record Answer(String reason, List<Step> steps) {}

    /// A place on the way.
    ///
    /// @param node what links it with the place before; empty for the first
    record Step(String node, Axis axis, int index) {}

    private record Place(int axis, int index) {}

    private record Way(Place from, int op) {}

    /// The pairs of a link in the order of either side's indices: a detector has hundreds of thousands of anchors, and
    /// the way to what freezes them leads through each.
    private static final class Pairs {
        private final long[] byA;
        private final long[] byB;

        Pairs(int[] ofA, int[] ofB) {
            byA = sorted(ofA);
            byB = sorted(ofB);
        }

        private static long[] sorted(int[] indices) {
            long[] keys = new long[indices.length];
            Arrays.setAll(keys, i -> key(indices[i], i));
            Arrays.sort(keys);
            return keys;
        }
    }

    /// Keys in order are in the order of indices, and of places among equal ones.
    private static long key(int index, int place) {
        return ((long) index << Integer.SIZE) | place;
    }

    private final ChannelGraph graph;
    private final Map<Link, Pairs> pairsOf = new HashMap<>();
    private final Map<Integer, List<Link>> linksOf = new HashMap<>();
    private final Map<Integer, List<Freeze>> freezesOf = new HashMap<>();

    ChannelTrace(ChannelStructure structure) {
        this.graph = structure.graph();
        for (Link link : structure.partition().allLinks()) {
            linksOf.computeIfAbsent(link.a(), a -> new ArrayList<>()).add(link);
            if (link.a() != link.b()) {
                linksOf.computeIfAbsent(link.b(), b -> new ArrayList<>()).add(link);
            }
        }
        for (Freeze freeze : structure.partition().freezes()) {
            freezesOf.computeIfAbsent(freeze.axis(), a -> new ArrayList<>()).add(freeze);
        }
    }

    /// Why an index cannot go; none if it can.
    Optional<Answer> why(Axis axis, int index) {
        Map<Place, Way> ways = new HashMap<>();
        Set<Place> seen = new HashSet<>();
        ArrayDeque<Place> next = new ArrayDeque<>();
        Place start = new Place(axis.id(), index);
        next.add(start);
        seen.add(start);
        while (!next.isEmpty()) {
            Place place = next.remove();
            for (Freeze freeze : freezesOf.getOrDefault(place.axis, List.of())) {
                if (freeze.index() == Freeze.ALL || freeze.index() == place.index) {
                    return Optional.of(new Answer(reason(freeze), steps(place, ways)));
                }
            }
            for (Link link : linksOf.getOrDefault(place.axis, List.of())) {
                for (Place other : across(link, place)) {
                    if (seen.add(other)) {
                        ways.put(other, new Way(place, link.op()));
                        next.add(other);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private String reason(Freeze freeze) {
        return freeze.op() < 0
                ? freeze.reason()
                : freeze.reason() + " " + graph.links().op(freeze.op());
    }

    private List<Place> across(Link link, Place place) {
        int[] ofA = link.ofA();
        int[] ofB = link.ofB();
        if (ofA == null || ofB == null) {
            return List.of(new Place(link.a() == place.axis ? link.b() : link.a(), place.index));
        }
        List<Place> others = new ArrayList<>();
        Pairs pairs = pairsOf.computeIfAbsent(link, l -> new Pairs(ofA, ofB));
        if (link.a() == place.axis) {
            collect(pairs.byA, place.index, ofB, link.b(), others);
        }
        if (link.b() == place.axis) {
            collect(pairs.byB, place.index, ofA, link.a(), others);
        }
        return others;
    }

    private static void collect(long[] sorted, int index, int[] partners, int axis, List<Place> to) {
        int first = Arrays.binarySearch(sorted, key(index, 0));
        for (int k = first < 0 ? -1 - first : first; k < sorted.length && sorted[k] >>> Integer.SIZE == index; k++) {
            to.add(new Place(axis, partners[(int) sorted[k]]));
        }
    }

    private List<Step> steps(Place end, Map<Place, Way> ways) {
        List<Step> steps = new ArrayList<>();
        Place place = end;
        for (Way way = ways.get(place); ; way = ways.get(place)) {
            String node = way == null ? "" : graph.links().op(way.op).toString();
            steps.addFirst(new Step(node, graph.axis(place.axis), place.index));
            if (way == null) {
                return steps;
            }
            place = way.from;
        }
    }
}
