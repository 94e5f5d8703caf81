package dev.espalier.pruning.channels;

import dev.espalier.pruning.channels.ChannelLinks.Link;
import dev.espalier.pruning.channels.ChannelLinks.Sum;
import dev.espalier.pruning.channels.OpLinks.Place;
import dev.espalier.sparse.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Indices at which a tensor is one number whatever the model's inputs, and indices at which it is the same as at
/// others.
///
/// That an index is constant is proved, operator by operator: all that it is made of must be constant, or be
/// multiplied by zero. Which number it is was seen when the model ran, so that no function has to be computed
/// here.
final class KnownChannels {
    private final ChannelStructure structure;
    private final ChannelLinks links;
    private final double[] @Nullable [] known;
    private final int[] @Nullable [] numbers;
    private final Map<ChannelOp, List<Link>> linksOfOp = new HashMap<>();
    private final Map<ChannelOp, List<Sum>> sumsOfOp = new HashMap<>();
    private final Map<Axis, NonZeros> nonZeros = new HashMap<>();
    private final Map<Axis, int[]> stored = new HashMap<>();
    private final Map<Object, Integer> interned = new HashMap<>();

    private KnownChannels(ChannelStructure structure) {
        this.structure = structure;
        this.links = structure.graph().links();
        int axes = structure.graph().sizes().length;
        this.known = new double[axes][];
        this.numbers = new int[axes][];
        for (Link link : structure.partition().allLinks()) {
            if (link.op() >= 0) {
                linksOfOp
                        .computeIfAbsent(links.op(link.op()), op -> new ArrayList<>())
                        .add(link);
            }
        }
        links.sums()
                .forEach(sum -> sumsOfOp.computeIfAbsent(sum.op(), op -> new ArrayList<>())
                        .add(sum));
    }

    static KnownChannels of(ChannelStructure structure) {
        KnownChannels channels = new KnownChannels(structure);
        // What is known only grows; nodes that are out of order need another turn.
        for (boolean again = true; again; ) {
            again = false;
            for (ChannelOp op : structure.graph().ops()) {
                again |= channels.follow(op);
            }
        }
        return channels;
    }

    /// The number that a tensor has throughout at this index of the axis; NaN if there is none. What is infinite
    /// is taken for none: zero times that is not zero, so it can be moved nowhere.
    double at(Axis axis, int index) {
        double[] numbers = axis.tensor().isStored() ? storedAt(axis) : known[axis.id()];
        return numbers == null || Double.isInfinite(numbers[index]) ? Double.NaN : numbers[index];
    }

    /// Equal for indices of an axis at which the tensor is the same.
    int numberOf(Axis axis, int index) {
        int[] all = axis.tensor().isStored() ? storedNumbers(axis) : numbers[axis.id()];
        return all == null ? -1 - index : all[index];
    }

    /// Where the weight of a sum is not zero.
    NonZeros nonZeros(WeightedSum sum) {
        return nonZeros.computeIfAbsent(sum.summed(), axis -> NonZeros.of(axis, sum.made(), links));
    }

    private double @Nullable [] storedAt(Axis axis) {
        if (known[axis.id()] == null && Elements.canRead(axis.tensor())) {
            known[axis.id()] = StoredSlices.uniform(axis, links);
        }
        return known[axis.id()];
    }

    private int[] storedNumbers(Axis axis) {
        return stored.computeIfAbsent(
                axis,
                a -> StoredSlices.digests(a, links).stream()
                        .mapToInt(this::intern)
                        .toArray());
    }

    private int intern(Object key) {
        return interned.computeIfAbsent(key, k -> interned.size());
    }

    /// Whether something new came of it.
    private boolean follow(ChannelOp op) {
        ChannelRule rule = ChannelRules.of(op.node()).orElse(null);
        if (rule == null || op.unknown().isPresent()) {
            return false;
        }
        OpLinks places = null;
        boolean isNew = false;
        for (ChannelTensor out : op.outs().toList()) {
            for (int axis = 0; axis < out.rank(); axis++) {
                Axis each = out.axis(axis);
                int space = structure.partition().spaceOf(each.id());
                if (structure.partition().liveSize(space) > 1) {
                    places = places == null ? new OpLinks(op, linksOfOp.getOrDefault(op, List.of()), links) : places;
                    isNew |= follow(op, rule, each, places);
                }
            }
        }
        return isNew;
    }

    private boolean follow(ChannelOp op, ChannelRule rule, Axis out, OpLinks places) {
        double[] seen = op.uniform(out).orElseGet(() -> {
            double[] nothing = new double[Math.toIntExact(out.size())];
            Arrays.fill(nothing, Double.NaN);
            return nothing;
        });
        int[] number = new int[seen.length];
        for (int i = 0; i < seen.length; i++) {
            List<Place> made = places.places(out, i);
            if (!Double.isNaN(seen[i]) && !isSettled(op, rule, out, made, places)) {
                seen[i] = Double.NaN;
            }
            number[i] = intern(List.of(op, out, made.isEmpty() ? (Object) i : numbersOf(made)));
        }
        boolean isNew = !Arrays.equals(known[out.id()], seen);
        known[out.id()] = seen;
        numbers[out.id()] = number;
        return isNew;
    }

    private List<Object> numbersOf(List<Place> made) {
        List<Object> key = new ArrayList<>();
        made.forEach(place -> {
            key.add(place.input());
            key.add(place.axis().index());
            key.add(numberOf(place.axis(), place.index()));
        });
        return key;
    }

    /// Whether the model's inputs have no influence on an index of the output that is made of these.
    private boolean isSettled(ChannelOp op, ChannelRule rule, Axis out, List<Place> made, OpLinks places) {
        boolean multiplies = rule.multiplies(op);
        boolean isProductZero = multiplies
                && made.stream().anyMatch(place -> place.input() <= 1 && at(place.axis(), place.index()) == 0);
        for (int input = 0; input < op.inputCount(); input++) {
            ChannelTensor in = op.optionalIn(input).orElse(null);
            boolean isPart = multiplies && input <= 1;
            if (in == null || isGiven(in) || (isPart && isProductZero)) {
                continue;
            }
            int each = input;
            List<Place> own =
                    made.stream().filter(place -> place.input() == each).toList();
            boolean isSettled = own.isEmpty()
                    ? (isPart && areTermsSettled(op, in, made))
                            || places.isTied(out, input)
                            || saysSizes(op, rule, input)
                    : own.stream().allMatch(place -> isSettled(op, place));
            if (!isSettled) {
                return false;
            }
        }
        return true;
    }

    /// Whether a tensor is constant, and no caller may replace it.
    private boolean isGiven(ChannelTensor in) {
        return in.isConstant()
                && !(in.source().isInput() && structure.graph().model().irVersion() >= 4);
    }

    /// Whether the index is constant and, where the operator sums over the same axis, zero.
    private boolean isSettled(ChannelOp op, Place place) {
        double number = at(place.axis(), place.index());
        boolean isSummed = sumsOfOp.getOrDefault(op, List.of()).stream()
                .anyMatch(sum -> sum.a().equals(place.axis()) || place.axis().equals(sum.b()));
        return isSummed ? number == 0 : !Double.isNaN(number);
    }

    /// Whether an operand tells sizes, places or an order: no constant depends on these.
    private static boolean saysSizes(ChannelOp op, ChannelRule rule, int input) {
        ElementType type = op.elementType(input);
        return input > 0 && !(rule instanceof ElementwiseRule) && (type == ElementType.I64 || type == ElementType.I32);
    }

    /// Whether all that an output is a sum of is constant or multiplied by zero.
    private boolean areTermsSettled(ChannelOp op, ChannelTensor read, List<Place> made) {
        WeightedSum sum = sumsOfOp.getOrDefault(op, List.of()).stream()
                .flatMap(each -> WeightedSum.of(each).stream())
                .filter(each -> each.read().tensor() == read)
                .findFirst()
                .orElse(null);
        Place row = sum == null
                ? null
                : made.stream()
                        .filter(place -> place.axis().equals(sum.made()))
                        .findFirst()
                        .orElse(null);
        if (sum == null || row == null) {
            return false;
        }
        boolean isUnpadded = Biases.isUnpadded(op);
        NonZeros where = nonZeros(sum);
        for (int i = 0; i < links.sizeOf(sum.read()); i++) {
            double number = at(sum.read(), i);
            boolean isConstant = isUnpadded ? !Double.isNaN(number) : number == 0;
            if (!isConstant && where.outputsOf(i).get(row.index())) {
                return false;
            }
        }
        return true;
    }
}
