package dev.espalier.pruning.channels;

/// One axis of a tensor.
///
/// @param index from 0
record Axis(ChannelTensor tensor, int index) {
    /// Its number among the axes of all tensors.
    int id() {
        return tensor.firstAxis() + index;
    }

    long size() {
        return tensor.size(index);
    }

    @Override
    public String toString() {
        return "axis " + index + " of '" + tensor + "'";
    }
}
