package dev.espalier.pruning.channels;

import java.util.ArrayList;
import java.util.List;

/// A node that multiplies by a weight, with what a plan makes of it.
///
/// @param node its name
/// @param operator its operator
/// @param weight its first weight
/// @param channels how many outputs it has
/// @param keptChannels how many of them stay
/// @param parameters elements of its weights
/// @param keptParameters how many of them stay
/// @param macs its multiply-adds
/// @param keptMacs how many of them stay
/// @param bytes what its weights take
/// @param keptBytes what they will take
/// @param frozenBy why its outputs stay; empty if some go or could
public record ChannelLayer(
        String node,
        String operator,
        String weight,
        long channels,
        long keptChannels,
        long parameters,
        long keptParameters,
        long macs,
        long keptMacs,
        long bytes,
        long keptBytes,
        String frozenBy) {
    /// All layers, in file order.
    static List<ChannelLayer> of(ChannelStructure structure, KeptIndices none, KeptIndices kept) {
        ChannelTrace trace = new ChannelTrace(structure);
        List<ChannelLayer> layers = new ArrayList<>();
        for (ChannelOp op : structure.graph().ops()) {
            List<ChannelTensor> weights = weights(op, structure);
            if (!weights.isEmpty()
                    && op.optionalOut(0).filter(out -> out.rank() > 0).isPresent()) {
                layers.add(of(op, weights, structure, none, kept, trace));
            }
        }
        return layers;
    }

    private static List<ChannelTensor> weights(ChannelOp op, ChannelStructure structure) {
        List<ChannelTensor> weights = new ArrayList<>();
        for (int i = 0; i < op.inputCount(); i++) {
            op.optionalIn(i)
                    .filter(in -> in.rank() > 0
                            && structure.graph().links().isWeight(in.axis(0).id())
                            && structure.graph().links().isWeightOf(op, in))
                    .ifPresent(weights::add);
        }
        return weights;
    }

    private static ChannelLayer of(
            ChannelOp op,
            List<ChannelTensor> weights,
            ChannelStructure structure,
            KeptIndices none,
            KeptIndices kept,
            ChannelTrace trace) {
        ChannelTensor out = op.out(0);
        boolean isConvolution = op.node().operator().contains("Conv");
        Axis channels = out.axis(isConvolution ? Math.min(1, out.rank() - 1) : -1);
        String frozenBy = kept.isCut(channels) ? "" : frozenBy(channels, structure, trace);
        return new ChannelLayer(
                op.node().label(),
                op.node().operator(),
                weights.getFirst().source().path(),
                none.count(channels),
                kept.count(channels),
                elements(weights, none),
                elements(weights, kept),
                ChannelCosts.macs(op, none),
                ChannelCosts.macs(op, kept),
                bytes(op, weights, none),
                bytes(op, weights, kept),
                frozenBy);
    }

    private static String frozenBy(Axis axis, ChannelStructure structure, ChannelTrace trace) {
        for (int i = 0; i < axis.size(); i++) {
            if (structure.partition().classOf(axis.id(), i) != ChannelPartition.FROZEN) {
                return structure.isUnbalanced(axis) ? "groups that cannot lose the same number of channels" : "";
            }
        }
        return trace.why(axis, 0).map(ChannelTrace.Answer::reason).orElse("");
    }

    private static long elements(List<ChannelTensor> weights, KeptIndices kept) {
        return weights.stream()
                .mapToLong(weight -> ChannelCosts.elements(weight, kept))
                .sum();
    }

    private static long bytes(ChannelOp op, List<ChannelTensor> weights, KeptIndices kept) {
        long bytes = 0;
        for (int i = 0; i < op.inputCount(); i++) {
            ChannelTensor in = op.optionalIn(i).orElse(null);
            if (in != null && weights.contains(in)) {
                bytes += op.elementType(i).byteCount(ChannelCosts.elements(in, kept));
            }
        }
        return bytes;
    }
}
