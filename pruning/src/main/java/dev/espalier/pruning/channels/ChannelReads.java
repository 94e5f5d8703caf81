package dev.espalier.pruning.channels;

import dev.espalier.onnx.Constant;
import dev.espalier.pruning.channels.ChannelLinks.Sum;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// Which operators sum over each class of indices, but for those to which it is as good as zero.
final class ChannelReads {
    /// One index of a sum.
    ///
    /// @param weighted the same sum with its matrix; none if nothing is stored
    record Read(Sum sum, Optional<WeightedSum> weighted, int index) {}

    private final ChannelStructure structure;
    private final KnownChannels known;
    private final List<List<Read>> readsOfClass = new ArrayList<>();

    ChannelReads(ChannelStructure structure, KnownChannels known) {
        this.structure = structure;
        this.known = known;
        for (int i = 0; i < structure.partition().classCount(); i++) {
            readsOfClass.add(new ArrayList<>());
        }
        structure.graph().links().sums().forEach(this::collect);
    }

    private void collect(Sum sum) {
        Optional<WeightedSum> weighted = WeightedSum.of(sum).filter(each -> Elements.canRead(each.weight()));
        double zero = zero(sum.op());
        Axis other = sum.b();
        for (int i = 0; i < structure.graph().links().sizeOf(sum.a()); i++) {
            int member = structure.partition().classOf(sum.a().id(), i);
            if (member == ChannelPartition.FROZEN) {
                continue;
            }
            boolean isNothing = known.at(sum.a(), i) == zero || (zero == 0 && other != null && known.at(other, i) == 0);
            if (!isNothing) {
                readsOfClass.get(member).add(new Read(sum, weighted, i));
            }
        }
    }

    /// What stands for zero in what an operator sums over; NaN if that is not fixed.
    private static double zero(ChannelOp op) {
        return op.zeroPointOf(0)
                .map(value -> value.constant()
                        .filter(constant -> constant.shape().elementCount() == 1)
                        .map(ChannelReads::first)
                        .orElse(Double.NaN))
                .orElse(0.0);
    }

    private static double first(Constant constant) {
        return Elements.of(constant)[0];
    }

    List<Read> of(int member) {
        return readsOfClass.get(member);
    }

    /// The classes that have an influence on what cannot go.
    BitSet live() {
        BitSet live = new BitSet();
        for (boolean again = true; again; ) {
            again = false;
            for (int member = 0; member < readsOfClass.size(); member++) {
                int each = member;
                if (!live.get(member) && readsOfClass.get(each).stream().anyMatch(read -> isLive(read, live))) {
                    live.set(member);
                    again = true;
                }
            }
        }
        return live;
    }

    private boolean isLive(Read read, BitSet live) {
        if (read.weighted.isEmpty()) {
            return true;
        }
        WeightedSum sum = read.weighted.get();
        return known.nonZeros(sum).outputsOf(read.index).stream().anyMatch(output -> {
            int member = structure.partition().classOf(sum.out().id(), output);
            return member == ChannelPartition.FROZEN || live.get(member);
        });
    }
}
