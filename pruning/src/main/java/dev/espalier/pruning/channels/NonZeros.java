package dev.espalier.pruning.channels;

import java.util.BitSet;

/// Which outputs a stored weight makes of which of the indices that its operator sums over: where it is not zero.
final class NonZeros {
    private final BitSet[] outputsOf;

    private NonZeros(BitSet[] outputsOf) {
        this.outputsOf = outputsOf;
    }

    /// @param summed the axis of the weight that is summed over
    /// @param made its axis that goes with the outputs
    static NonZeros of(Axis summed, Axis made, ChannelLinks links) {
        BitSet[] outputs = new BitSet[Math.toIntExact(links.sizeOf(summed))];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = new BitSet();
        }
        SliceIndex from = SliceIndex.along(summed, links);
        SliceIndex to = SliceIndex.along(made, links);
        double[] elements = Elements.of(summed.tensor().source().constant().orElseThrow());
        for (int at = 0; at < elements.length; at++) {
            if (elements[at] != 0) {
                outputs[from.of(at)].set(to.of(at));
            }
        }
        return new NonZeros(outputs);
    }

    /// The outputs that an index of the summed axis has a part in.
    BitSet outputsOf(int index) {
        return outputsOf[index];
    }
}
