package dev.espalier.pruning.channels;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.channels.ChannelReads.Read;
import dev.espalier.sparse.DenseTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Leaves channels that say nothing new unread: what a constant one adds goes into the bias of what reads it,
/// and what one adds that is equal to another, or constant as another is, goes into the weights of the other.
///
/// A convolution sees the zeros of its padding beside a constant channel, which no bias can say. There one
/// constant channel stays, and stands for all others.
final class ConstantFolding {
    /// What becomes of the columns of a weight.
    private static final class Columns {
        private final WeightedSum sum;
        private final @Nullable Biases bias;
        private final int[] target;
        private final double[] factor;

        Columns(WeightedSum sum, int size) {
            this.sum = sum;
            this.bias = Biases.of(sum).orElse(null);
            this.target = new int[size];
            this.factor = new double[size];
            Arrays.fill(target, STAYS);
        }
    }

    private static final int STAYS = -1;
    private static final int TO_BIAS = -2;

    private final ChannelStructure structure;
    private final KnownChannels known;
    private final ChannelReads reads;
    private final Map<WeightedSum, Columns> columns = new LinkedHashMap<>();

    private ConstantFolding(ChannelStructure structure) {
        this.structure = structure;
        this.known = KnownChannels.of(structure);
        this.reads = new ChannelReads(structure, known);
    }

    /// Changes the structure's model, which computes what it did.
    ///
    /// @return whether there was anything to do
    static boolean fold(ChannelStructure structure) {
        return new ConstantFolding(structure).fold();
    }

    private boolean fold() {
        for (ChannelGroup group : structure.groups()) {
            for (int[] cell : group.cells()) {
                fold(cell);
            }
        }
        GraphPatch patch = GraphPatch.labelled("fold constant channels");
        columns.values().forEach(each -> rewrite(each, patch));
        Leftovers leftovers = Leftovers.before(structure.graph().model());
        boolean isAny = patch.apply();
        leftovers.remove(structure.graph().model());
        return isAny;
    }

    /// Those that are read most often come first, so that they can stand for those that are read by fewer.
    private void fold(int[] cell) {
        Map<List<Object>, List<Integer>> standing = new HashMap<>();
        Arrays.stream(cell)
                .boxed()
                .filter(member ->
                        !reads.of(member).isEmpty() && reads.of(member).stream().allMatch(ConstantFolding::canWrite))
                .sorted(Comparator.comparingInt(
                        (Integer member) -> -reads.of(member).size()))
                .forEach(member -> fold(member, standing));
    }

    /// @param standing for what is read where, the channels that are and stay
    private void fold(int member, Map<List<Object>, List<Integer>> standing) {
        List<Read> own = reads.of(member);
        if (own.stream().allMatch(this::hasBias)) {
            own.forEach(read -> move(read, TO_BIAS, value(read)));
            return;
        }
        List<Read> others = standing.getOrDefault(key(own.getFirst()), List.of()).stream()
                .map(other -> counterparts(own, reads.of(other)))
                .filter(all -> all.size() == own.size())
                .findFirst()
                .orElse(List.of());
        if (others.isEmpty()) {
            own.forEach(read ->
                    standing.computeIfAbsent(key(read), k -> new ArrayList<>()).add(member));
            return;
        }
        for (int i = 0; i < own.size(); i++) {
            double mine = value(own.get(i));
            move(own.get(i), others.get(i).index(), Double.isNaN(mine) ? 1 : mine / value(others.get(i)));
        }
    }

    /// For each read one of another channel that is the same, as many as there are.
    private List<Read> counterparts(List<Read> own, List<Read> others) {
        List<Read> left = new ArrayList<>(others);
        List<Read> found = new ArrayList<>();
        for (Read read : own) {
            List<Object> key = key(read);
            left.stream().filter(other -> key(other).equals(key)).findFirst().ifPresent(other -> {
                found.add(other);
                left.remove(other);
            });
        }
        return found;
    }

    private static boolean canWrite(Read read) {
        return read.weighted()
                .filter(sum -> Elements.canWrite(
                        sum.weight().source().constant().orElseThrow().type()))
                .isPresent();
    }

    private boolean hasBias(Read read) {
        return !Double.isNaN(value(read)) && columnsOf(read).bias != null;
    }

    private double value(Read read) {
        return known.at(read.weighted().orElseThrow().read(), read.index());
    }

    private Columns columnsOf(Read read) {
        return columns.computeIfAbsent(
                read.weighted().orElseThrow(),
                sum -> new Columns(
                        sum, Math.toIntExact(structure.graph().links().sizeOf(sum.summed()))));
    }

    /// What can stand for each other: what is constant for the same operator, or equal.
    private List<Object> key(Read read) {
        WeightedSum sum = read.weighted().orElseThrow();
        boolean isConstant = !Double.isNaN(value(read));
        return List.of(sum, isConstant ? "constant" : known.numberOf(sum.read(), read.index()));
    }

    private void move(Read read, int target, double factor) {
        Columns all = columnsOf(read);
        all.target[read.index()] = target;
        all.factor[read.index()] = factor;
    }

    private void rewrite(Columns all, GraphPatch patch) {
        if (Arrays.stream(all.target).allMatch(target -> target == STAYS)) {
            return;
        }
        ChannelTensor weight = all.sum.weight();
        Constant constant = weight.source().constant().orElseThrow();
        double[] old = Elements.of(constant);
        double[] moved = old.clone();
        double[] bias = new double[Math.toIntExact(all.sum.out().size())];
        SliceIndex from = SliceIndex.along(all.sum.summed(), structure.graph().links());
        SliceIndex to = SliceIndex.along(all.sum.made(), structure.graph().links());
        for (int at = 0; at < old.length; at++) {
            int index = from.of(at);
            int target = all.target[index];
            if (target == STAYS) {
                continue;
            }
            moved[at] = 0;
            double part = all.factor[index] * old[at];
            if (target == TO_BIAS) {
                bias[to.of(at)] += part;
            } else {
                moved[at + Math.toIntExact((target - index) * from.inner())] += part;
            }
        }
        DenseTensor tensor = Elements.tensor(constant.type(), constant.shape(), moved);
        replace(weight, constant.withElements(tensor), patch);
        boolean hasBias = Arrays.stream(all.target).anyMatch(target -> target == TO_BIAS);
        if (hasBias) {
            Optional.ofNullable(all.bias).orElseThrow().add(bias, constant.type(), patch);
        }
    }

    private static void replace(ChannelTensor read, Constant constant, GraphPatch patch) {
        Value source = read.source();
        Use use = read.use().orElseThrow();
        if (source.uses().size() == 1 && read.value() == source && !source.isOutput()) {
            patch.replaceConstant(source, constant);
        } else {
            patch.setInput(
                    use.node(), use.index(), patch.addInitializer(use.node().graph(), source.name(), constant));
        }
    }
}
