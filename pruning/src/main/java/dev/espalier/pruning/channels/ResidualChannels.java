package dev.espalier.pruning.channels;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// The channels that pass through a residual connection: a sum of values that the model computes.
final class ResidualChannels {
    private static final Set<String> SUMS =
            Set.of("Add", "Sum", "SkipLayerNormalization", "SkipSimplifiedLayerNormalization");

    private ResidualChannels() {}

    /// The spaces of their indices.
    static Set<Integer> spaces(ChannelStructure structure) {
        Set<Integer> spaces = new HashSet<>();
        for (ChannelOp op : structure.graph().ops()) {
            boolean isSum = SUMS.contains(op.node().operator()) && inputs(op) > 1;
            if (isSum) {
                ChannelTensor out = op.out(0);
                for (int axis = 0; axis < out.rank(); axis++) {
                    spaces.add(structure.partition().spaceOf(out.axis(axis).id()));
                }
            }
        }
        return spaces;
    }

    private static long inputs(ChannelOp op) {
        return IntStream.range(0, op.inputCount())
                .mapToObj(op::optionalIn)
                .flatMap(Optional::stream)
                .filter(in -> !in.isConstant())
                .count();
    }
}
