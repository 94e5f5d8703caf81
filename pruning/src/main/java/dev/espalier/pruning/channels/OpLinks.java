package dev.espalier.pruning.channels;

import dev.espalier.pruning.channels.ChannelLinks.Link;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which indices of one operator's inputs an index of its output is made of, by what its rule says, whatever
/// other operators tie together.
final class OpLinks {
    /// An index of an axis of an input.
    record Place(int input, Axis axis, int index) {}

    private final Map<Integer, Integer> baseOfAxis = new HashMap<>();
    private final int[] parent;
    private final Map<Integer, List<Place>> placesOfRoot = new HashMap<>();
    private final Map<Integer, Set<Integer>> inputsOfAxis = new HashMap<>();

    /// @param links those of this operator
    OpLinks(ChannelOp op, List<Link> links, ChannelLinks all) {
        int size = 0;
        for (ChannelTensor tensor : op.tensors().distinct().toList()) {
            for (int axis = 0; axis < tensor.rank(); axis++) {
                Axis each = tensor.axis(axis);
                if (links.stream().anyMatch(link -> link.a() == each.id() || link.b() == each.id())) {
                    baseOfAxis.put(each.id(), size);
                    size += Math.toIntExact(all.sizeOf(each));
                }
            }
        }
        parent = new int[size];
        Arrays.setAll(parent, i -> i);
        links.forEach(this::unite);
        for (int input = 0; input < op.inputCount(); input++) {
            ChannelTensor tensor = op.optionalIn(input).orElse(null);
            for (int axis = 0; tensor != null && axis < tensor.rank(); axis++) {
                collect(input, tensor.axis(axis), all);
            }
        }
        op.outs().forEach(out -> {
            for (int axis = 0; axis < out.rank(); axis++) {
                findInputs(out.axis(axis));
            }
        });
    }

    private void unite(Link link) {
        Integer a = baseOfAxis.get(link.a());
        Integer b = baseOfAxis.get(link.b());
        if (a == null || b == null) {
            return;
        }
        int[] ofA = link.ofA();
        int[] ofB = link.ofB();
        int count = ofA == null ? sizeAt(a, b) : ofA.length;
        for (int i = 0; i < count; i++) {
            int one = find(a + (ofA == null ? i : ofA[i]));
            int other = find(b + (ofB == null ? i : ofB[i]));
            parent[Math.max(one, other)] = Math.min(one, other);
        }
    }

    /// Axes that correspond throughout are as long as each other, and end where the next begins.
    private int sizeAt(int a, int b) {
        return Math.min(endOf(a) - a, endOf(b) - b);
    }

    private int endOf(int base) {
        return baseOfAxis.values().stream()
                .filter(other -> other > base)
                .mapToInt(i -> i)
                .min()
                .orElse(parent.length);
    }

    private int find(int start) {
        int place = start;
        while (parent[place] != place) {
            parent[place] = parent[parent[place]];
            place = parent[place];
        }
        return place;
    }

    private void collect(int input, Axis axis, ChannelLinks all) {
        Integer base = baseOfAxis.get(axis.id());
        for (int i = 0; base != null && i < all.sizeOf(axis); i++) {
            placesOfRoot.computeIfAbsent(find(base + i), r -> new ArrayList<>()).add(new Place(input, axis, i));
        }
    }

    private void findInputs(Axis out) {
        Set<Integer> inputs = new HashSet<>();
        for (int i = 0; baseOfAxis.containsKey(out.id()) && i < out.size(); i++) {
            places(out, i).forEach(place -> inputs.add(place.input));
        }
        inputsOfAxis.put(out.id(), inputs);
    }

    /// The indices of inputs that an index of an output goes with.
    List<Place> places(Axis out, int index) {
        Integer base = baseOfAxis.get(out.id());
        return base == null ? List.of() : placesOfRoot.getOrDefault(find(base + index), List.of());
    }

    /// Whether any index of an output's axis goes with one of this input.
    boolean isTied(Axis out, int input) {
        return inputsOfAxis.getOrDefault(out.id(), Set.of()).contains(input);
    }
}
