package dev.espalier.pruning.channels;

/// Which slice along an axis each element of a stored tensor is in. Where each group of a convolution counts an
/// axis for itself, slices count on through all groups.
///
/// @param inner elements of one slice that are neighbours
/// @param size of the axis, in each group
/// @param perGroup elements of a group
record SliceIndex(long inner, long size, long perGroup) {
    static SliceIndex along(Axis axis, ChannelLinks links) {
        long inner = 1;
        long elements = 1;
        for (int i = 0; i < axis.tensor().rank(); i++) {
            inner *= i > axis.index() ? axis.tensor().size(i) : 1;
            elements *= axis.tensor().size(i);
        }
        return new SliceIndex(inner, axis.size(), elements / links.groupsOf(axis));
    }

    /// The slice of the element that is the `at`th in the tensor's order.
    int of(long at) {
        return (int) (at / inner % size + at / perGroup * size);
    }
}
