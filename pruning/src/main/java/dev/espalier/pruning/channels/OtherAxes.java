package dev.espalier.pruning.channels;

/// The axes that an operator along one axis leaves alone.
final class OtherAxes {
    private OtherAxes() {}

    /// An axis that may count from the end.
    static int of(long axis, int rank) {
        return (int) (axis < 0 ? axis + rank : axis);
    }

    /// Aligns all axes but one of two tensors of the same rank.
    static void align(ChannelTensor in, ChannelTensor out, int except, ChannelLinks links) {
        for (int axis = 0; axis < in.rank(); axis++) {
            if (axis != except) {
                links.align(in.axis(axis), out.axis(axis));
            }
        }
    }
}
